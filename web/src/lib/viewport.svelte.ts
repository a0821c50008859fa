// Whether the window is too narrow for tables.
const query = window.matchMedia('(max-width: 47.9rem)');

class Viewport {
  narrow = $state(query.matches);

  constructor() {
    query.addEventListener('change', () => (this.narrow = query.matches));
  }
}

export const viewport = new Viewport();
