// What every page must know of the server: kept from the latest overview.
import type { Overview } from './api/types';

class Status {
  demo = $state(false);

  take(overview: Overview): void {
    this.demo = overview.demo;
  }
}

export const status = new Status();
