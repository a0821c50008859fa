// The router: a path is matched against patterns, the query string is the state of the screen.

export type Params = Record<string, string>;

/** "/alerts/:id" against "/alerts/ALR-7" gives {id: "ALR-7"}; undefined where it does not match. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return undefined;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const found = given[index] ?? '';
    if (part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(found);
      } catch {
        return undefined;
      }
    } else if (part !== found) {
      return undefined;
    }
  }
  return params;
}

export const BASE = '/app';

/** The part of a location below /app, always with a leading slash: "/app/alerts/" is "/alerts". */
export function appPath(pathname: string): string {
  const below = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  const trimmed = below.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed;
}

export type QueryState = Record<string, string | number | null | undefined>;

/** A link inside the console. Empty parameters are left out, so equal screens have equal URLs. */
export function href(path: string, query: QueryState = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return BASE + path + (text ? `?${text}` : '');
}

/** Only a path of this console may be returned to after signing in. */
export function safeReturnPath(next: string | null): string {
  return next && next.startsWith(`${BASE}/`) && !next.includes('\\') ? next : href('/dashboard');
}
