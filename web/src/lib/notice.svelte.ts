// At most one short message at a time, read out politely.
const SHOWN_MS = 6000;

class Notice {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => (this.text = ''), SHOWN_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text = '';
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
