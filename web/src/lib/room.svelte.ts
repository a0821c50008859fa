// One case on the screen: loaded once, changed by answers, so that every part shows the same state.
import { ApiError, get } from './api/client';
import type { Case } from './api/types';
import { live } from './live.svelte';
import { notice } from './notice.svelte';
import { say } from './say.svelte';
import { refusalOf } from './trouble';

/** How soon an open form is looked at again. */
const AGAIN_MS = 1000;

export class CaseRoom {
  data = $state.raw<Case>();
  error = $state.raw<ApiError>();
  loading = $state(false);
  /** Counts up with every change, for the parts that load something of their own. */
  changes = $state(0);
  /** While a form over it is open it stays as it was when that began: nothing moves under a writer. */
  editing = $state(false);
  /** Somebody changed it meanwhile. */
  stale = $state(false);
  #id = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Follows what others do to it, until the result is called. */
  follow(): () => void {
    const stop = live.listen((heard) => {
      const about = heard?.some((each) => each.topic === 'cases' && each.id === this.data?.id);
      if (!heard || about) this.#renew();
    });
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  #renew(): void {
    clearTimeout(this.#timer);
    if (this.editing || document.querySelector('dialog[open]')) {
      this.stale = true;
      this.#timer = setTimeout(() => this.#renew(), AGAIN_MS);
      return;
    }
    this.stale = false;
    void this.reload().then(() => (this.changes += 1));
  }

  async load(id: string): Promise<void> {
    this.#id = id;
    this.loading = true;
    try {
      const data = await get<Case>(`/cases/${id}`);
      if (this.#id === id) {
        this.data = data;
        this.error = undefined;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#id === id) this.error = error;
    } finally {
      this.loading = false;
    }
  }

  reload(): Promise<void> {
    return this.load(this.#id);
  }

  /**
   * Carries out a change whose answer is the case. Gives '' where it went well, else what to tell:
   * the caller keeps what was written.
   */
  async change(run: () => Promise<Case>, done: string): Promise<string> {
    try {
      this.data = await run();
      this.changes += 1;
      notice.show(done);
      return '';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 412) await this.reload();
      return refusalOf(error, say.t);
    }
  }

  /** As change, for what lies in the case: its answer is something else. */
  async changeWithin(run: () => Promise<unknown>, done: string): Promise<string> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 412) this.changes += 1;
      return refusalOf(error, say.t);
    }
    notice.show(done);
    await this.reload();
    this.changes += 1;
    return '';
  }
}
