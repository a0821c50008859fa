// Who is signed in, and whether the server still waits for its first administrator.
import { ApiError, get, onSignedOut, post, remove } from './api/client';
import type { SessionAnswer, SetupState, SignedIn, User } from './api/types';
import { location } from './location.svelte';
import { href } from './router';
import { status } from './status.svelte';

class Session {
  user = $state.raw<User>();
  scopes = $state.raw<string[]>([]);
  version = $state('');
  /** True when a session ended while the reader was working. */
  ended = $state(false);
  setupNeeded = $state(false);
  /** Set when the server could not even be asked. */
  failure = $state.raw<ApiError>();
  ready = $state(false);

  constructor() {
    onSignedOut(() => {
      if (!this.user) return;
      this.user = undefined;
      this.ended = true;
      this.toSignIn();
    });
  }

  async start(): Promise<void> {
    this.failure = undefined;
    try {
      const state = await get<SetupState>('/setup');
      status.demo = state.demo;
      this.setupNeeded = state.needed;
      if (!this.setupNeeded) this.#take(await get<SessionAnswer>('/session'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) this.failure = error;
    }
    this.ready = true;
  }

  async signIn(name: string, password: string, code: string): Promise<void> {
    await post<SignedIn>('/session', { name, password, code });
    this.#take(await get<SessionAnswer>('/session'));
    this.ended = false;
  }

  async signOut(): Promise<void> {
    try {
      await remove('/session');
    } catch (error) {
      // 401: it had ended already, which is what was asked for.
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    this.user = undefined;
    location.go(href('/sign-in'));
  }

  toSignIn(): void {
    const here = window.location.pathname + window.location.search;
    const next = location.path === '/' || location.path === '/sign-in' ? null : here;
    location.go(href('/sign-in', { next }), { replace: true });
  }

  #take(answer: SessionAnswer): void {
    this.user = answer.user;
    this.scopes = answer.scopes;
    this.version = answer.version;
  }
}

export const session = new Session();
