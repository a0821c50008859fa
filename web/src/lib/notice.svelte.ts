// At most one short message at a time, read out politely; it may offer one thing to do.
const SHOWN_MS = 6000;
const OFFER_MS = 10_000;

export interface Offer {
  label: string;
  /** The key that does the same. */
  key?: string;
  run: () => void;
}

class Notice {
  text = $state('');
  offer = $state.raw<Offer>();
  /** 0 to 1 while something long is under way. */
  progress = $state<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, offer?: Offer): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.offer = offer;
    this.progress = undefined;
    this.#timer = setTimeout(() => this.clear(), offer ? OFFER_MS : SHOWN_MS);
  }

  /** Stays until the next message. */
  showProgress(text: string, share: number): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.offer = undefined;
    this.progress = share;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text = '';
    this.offer = undefined;
    this.progress = undefined;
  }
}

export const notice = new Notice();

/** Copies, and says whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
