// Classes of incidents by their titles: cases and playbooks hold ids.
import { ApiError, get } from './api/client';
import type { Casework } from './api/types';
import { say } from './say.svelte';

class Classes {
  #known = $state.raw<Casework['classes']>([]);
  #asked = false;

  /** Reads their titles, once; until then, and without them, an id stands for itself. */
  async read(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.#known = (await get<Casework>('/casework')).classes;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#asked = false;
    }
  }

  titles(ids: string[]): string[] {
    return ids.map((id) => this.#known.find((each) => each.id === id)?.title[say.locale] ?? id);
  }
}

export const classes = new Classes();
