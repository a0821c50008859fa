// The present moment and the reader's zone, for "5 minutes ago". Ticks twice a minute.
const TICK_MS = 30_000;

class Clock {
  now = $state.raw(new Date());
  readonly zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

  constructor() {
    setInterval(() => (this.now = new Date()), TICK_MS);
  }
}

export const clock = new Clock();
