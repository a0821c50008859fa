// The focus in a dialog: after the browser has opened it and put the focus on its first control.
import { tick } from 'svelte';

export function focusSoon(element: () => HTMLElement | null | undefined): void {
  void tick().then(() => element()?.focus());
}
