// Switching a playbook or clock off, with a reason, and on again.
import { ApiError, put } from '$lib/api/client';
import type { Both } from '$lib/api/types';
import { officeTexts } from '$lib/i18n/office';
import { notice } from '$lib/notice.svelte';
import { say } from '$lib/say.svelte';
import { refusalOf } from '$lib/trouble';

export interface Switched {
  id: string;
  title: Both;
  off: { reason: string; by: string; at: string } | null;
}

export class Switches<Answer> {
  /** What is about to be switched off. */
  asked = $state.raw<Switched>();
  busy = $state(false);
  refusal = $state('');

  constructor(
    readonly route: '/playbooks' | '/clocks',
    readonly take: (answer: Answer) => void,
  ) {}

  ask(one: Switched): void {
    this.asked = one;
    this.refusal = '';
  }

  async set(one: Switched, enabled: boolean, reason = ''): Promise<void> {
    const t = officeTexts[say.locale];
    const name = one.title[say.locale];
    this.busy = true;
    try {
      this.take(await put<Answer>(`${this.route}/${one.id}/setting`, { enabled, reason }));
      this.asked = undefined;
      notice.show(enabled ? t.switchedOn(name) : t.switchedOff(name));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = refusalOf(error, say.t);
      if (enabled) notice.show(this.refusal);
    } finally {
      this.busy = false;
    }
  }
}
