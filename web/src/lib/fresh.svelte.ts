// Sensitive acts ask for the password again some minutes after it was last given: the act waits
// while the reader answers, then goes on.
import { ApiError, post } from './api/client';
import type { SignedIn } from './api/types';

class Fresh {
  /** True while the password is asked for. */
  asking = $state(false);
  #answer: ((given: boolean) => void) | undefined;

  /** Does `act`, asking for the password where the server wants it. Undefined: the reader left. */
  async run<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.wantsPassword) throw error;
    }
    return (await this.#ask()) ? act() : undefined;
  }

  async give(password: string, code: string): Promise<void> {
    await post<SignedIn>('/session/reauthenticate', { password, code });
    this.#end(true);
  }

  leave(): void {
    this.#end(false);
  }

  #ask(): Promise<boolean> {
    this.#answer?.(false);
    this.asking = true;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  #end(given: boolean): void {
    this.asking = false;
    this.#answer?.(given);
    this.#answer = undefined;
  }
}

export const fresh = new Fresh();
