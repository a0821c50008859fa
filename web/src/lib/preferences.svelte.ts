// How a reader wants a page to look, kept on the server: the same on every machine.
import { ApiError, get, put } from './api/client';
import { notice } from './notice.svelte';
import { say } from './say.svelte';
import { session } from './session.svelte';
import { describe } from './trouble';

type Values = Record<string, string | boolean>;

class Preference<T extends Values> {
  value = $state.raw<T>() as T;
  #loadedFor = '';

  constructor(
    readonly page: string,
    readonly standard: T,
  ) {
    this.value = standard;
  }

  async load(): Promise<void> {
    const user = session.user?.id ?? '';
    if (this.#loadedFor === user) return;
    this.#loadedFor = user;
    try {
      const kept = await get<{ values: Partial<T> }>(`/preferences/${this.page}`);
      this.value = { ...this.standard, ...kept.values };
    } catch (error) {
      // The page works with the standard look.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Shown at once; what the server does not take is shown until the page is loaded anew. */
  set(changes: Partial<T>): void {
    this.value = { ...this.value, ...changes };
    put(`/preferences/${this.page}`, { values: this.value }).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      notice.show(describe(error, say.t).title);
    });
  }
}

class Preferences {
  #known = new Map<string, Preference<Values>>();

  of<T extends Values>(page: string, standard: T): Preference<T> {
    const known = this.#known.get(page) ?? (new Preference(page, standard) as never);
    this.#known.set(page, known);
    void known.load();
    return known as unknown as Preference<T>;
  }
}

export const preferences = new Preferences();
