// j, k and Enter over anything marked [data-row]: the row's own link takes the focus, so Enter is
// the browser's.
import { keyboard } from '$lib/keys.svelte';
import { say } from '$lib/say.svelte';

export function listKeys(root: () => HTMLElement | undefined, more: () => void): () => void {
  const move = (by: number) => {
    const rows = [...(root()?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const here = rows.findIndex((row) => row === document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  };
  return keyboard.add([
    { keys: 'j', group: 'lists', label: () => say.t.keys.down, run: () => move(1) },
    { keys: 'k', group: 'lists', label: () => say.t.keys.up, run: () => move(-1) },
    { keys: 'n', group: 'lists', label: () => say.t.keys.more, run: more },
  ]);
}
