// The keyboard map: what is registered here is what `?` shows.
// Shape: "j", "?", "g d" (g, then d), "Escape", "Space", "Shift+1". Never with Ctrl, Alt or Meta: those are the
// browser's. Nothing fires while the reader types.

import { untrack } from 'svelte';

export interface Binding {
  keys: string;
  group: 'global' | 'lists' | 'triage' | 'case' | 'search';
  label: () => string;
  run: (event: KeyboardEvent) => void;
}

const SEQUENCE_MS = 1200;
const STORED = 'tanggap.keys';

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

/** Space presses these; elsewhere it is a key as any other. */
function pressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('button, summary');
}

class Keyboard {
  bindings = $state.raw<Binding[]>([]);
  /** Single letters can be switched off (WCAG 2.1.4). */
  enabled = $state(true);
  #prefix = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    try {
      this.enabled = window.localStorage.getItem(STORED) !== 'off';
    } catch {
      // Storage may be switched off: keys stay on.
    }
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  /** Adds bindings; call the result to take them away again. */
  add(bindings: Binding[]): () => void {
    // Untracked: an effect that adds bindings must not run again because bindings changed.
    untrack(() => (this.bindings = [...this.bindings, ...bindings]));
    return () => {
      untrack(() => {
        this.bindings = this.bindings.filter((each) => !bindings.includes(each));
      });
    };
  }

  enable(enabled: boolean): void {
    this.enabled = enabled;
    try {
      if (enabled) window.localStorage.removeItem(STORED);
      else window.localStorage.setItem(STORED, 'off');
    } catch {
      // As above.
    }
  }

  /** A shifted digit that is bound is the same key on every layout; else what it writes counts. */
  #nameOf(event: KeyboardEvent): string {
    if (event.key === ' ') return 'Space';
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    const shifted = `Shift+${digit}`;
    const bound = this.bindings.some((each) => each.keys === shifted);
    return event.shiftKey && digit && bound ? shifted : event.key;
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (!this.enabled && event.key.length === 1) return;
    // A modifier on its way to its key does not break a sequence.
    if (['Shift', 'CapsLock'].includes(event.key)) return;
    if (event.key === ' ' && pressable(event.target)) return;
    const name = this.#nameOf(event);
    const pressed = this.#prefix ? `${this.#prefix} ${name}` : name;
    this.#prefix = '';
    clearTimeout(this.#timer);
    // The latest registration wins: a page may refine what the shell offers.
    const found = this.bindings.findLast((each) => each.keys === pressed);
    if (found) {
      event.preventDefault();
      found.run(event);
    } else if (this.bindings.some((each) => each.keys.startsWith(`${pressed} `))) {
      this.#prefix = pressed;
      this.#timer = setTimeout(() => (this.#prefix = ''), SEQUENCE_MS);
    }
  }
}

export const keyboard = new Keyboard();
