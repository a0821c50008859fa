// Where the reader is. Every change goes through here, so the back button undoes it.
import { appPath, BASE, href, type QueryState } from './router';

class Location {
  path = $state(appPath(window.location.pathname));
  search = $state(window.location.search);
  query = $derived(new URLSearchParams(this.search));

  constructor() {
    window.addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(target: string, options: { replace?: boolean } = {}): void {
    const here = window.location.pathname + window.location.search;
    if (options.replace || target === here) window.history.replaceState(null, '', target);
    else window.history.pushState(null, '', target);
    const before = this.path;
    this.#read();
    if (this.path !== before) window.scrollTo(0, 0);
  }

  /** Changes parameters of the present screen; empty ones leave the URL. */
  set(changes: QueryState, options: { replace?: boolean } = {}): void {
    const state: QueryState = Object.fromEntries(this.query);
    this.go(href(this.path, { ...state, ...changes }), options);
  }

  #read(): void {
    this.path = appPath(window.location.pathname);
    this.search = window.location.search;
  }

  /** Plain clicks on links of the console stay in the page; all others are the browser's. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download'))
      return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || !url.pathname.startsWith(`${BASE}/`)) return;
    if (url.hash && url.pathname === window.location.pathname) return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

export const location = new Location();
