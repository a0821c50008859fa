// What every page must know of the server, learnt when the console starts.
class Status {
  /** The data is made up, and every page must say so. */
  demo = $state(false);
}

export const status = new Status();
