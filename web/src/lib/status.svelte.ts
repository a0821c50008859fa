// What every page must know of the server: kept from the latest overview.
import { ApiError, get } from './api/client';
import type { Overview } from './api/types';

class Status {
  demo = $state(false);
  /** True once an overview has come. */
  known = false;

  /** Asks once, where no page has done so: every page must say that data is made up. */
  async learn(): Promise<void> {
    if (this.known) return;
    try {
      this.take(await get<Overview>('/overview'));
    } catch (error) {
      // The page itself reports what is wrong with the server.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  take(overview: Overview): void {
    this.demo = overview.demo;
    this.known = true;
  }
}

export const status = new Status();
