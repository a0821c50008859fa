// j, k and n over anything marked [data-row]: the row itself takes the focus, so Enter is the
// browser's.
import { keyboard } from './keys.svelte';
import { say } from './say.svelte';

export function listKeys(root: () => HTMLElement | undefined, more?: () => void): () => void {
  const move = (by: number) => {
    const rows = [...(root()?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const here = rows.findIndex((row) => row === document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  };
  const group = 'lists' as const;
  return keyboard.add([
    { keys: 'j', group, label: () => say.t.keys.down, run: () => move(1) },
    { keys: 'k', group, label: () => say.t.keys.up, run: () => move(-1) },
    ...(more ? [{ keys: 'n', group, label: () => say.t.keys.more, run: more }] : []),
  ]);
}
