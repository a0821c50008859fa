// What people do to alerts: one way for one, for many and for all that match, each with its undo.
import { ApiError, command, get } from './api/client';
import type { ActionParameters, ActionResult, ActionType, Undone } from './api/types';
import { notice } from './notice.svelte';
import { say } from './say.svelte';
import { refusalOf } from './trouble';

export type { ActionType } from './api/types';

/** These, or all that match `q` and were there at `as_of`, except `exclude`. */
export type Target =
  { ids: string[] } | { scope: 'triage'; q: string; as_of: string; exclude: string[] };

/** A decision as it can be repeated: "apply the same". */
export interface Decision {
  type: ActionType;
  params: ActionParameters;
  reason?: string;
}

/** What came of an act or of taking one back. `ids` undefined: too many to name. */
export interface Outcome {
  changed: number;
  ids: string[] | undefined;
}

type Done = (outcome: Outcome) => void;

const JOB_EVERY_MS = 400;

class Acts {
  /** The last decision of each type, for Shift and its key. */
  last = $state.raw<Partial<Record<ActionType, Decision>>>({});
  #undoable: { action: string; until: number } | undefined;
  #listeners = new Set<Done>();
  #last: Promise<unknown> = Promise.resolve();

  /** Calls `done` after each act and each undo, with what changed. */
  onDone(done: Done): () => void {
    this.#listeners.add(done);
    return () => this.#listeners.delete(done);
  }

  /** Does it to the target; the notice says what came of it. */
  async perform(decision: Decision, target: Target): Promise<Outcome | undefined> {
    const { type, params, reason } = decision;
    this.last = { ...this.last, [type]: decision };
    return this.#alone(async () => {
      const body = { type, params, target, ...(reason ? { reason } : {}) };
      const result = await this.#finished(await command<ActionResult>('/actions', body));
      this.#undoable =
        result.id && result.undo_until && result.changed > 0
          ? { action: result.id, until: new Date(result.undo_until).getTime() }
          : undefined;
      if (result.case) {
        // Once more means: into the same case, not into another new one.
        const again: Decision = { type, params: { case: result.case } };
        this.last = { ...this.last, [type]: again };
      }
      const t = say.t.acts;
      const reasons = result.skipped.map(
        (each) => `${say.number(each.count)} ${t.reasons[each.reason] ?? each.reason}`,
      );
      const into = result.case ? ` → ${result.case}` : '';
      const parts = [t.changed(say.number(result.changed)) + into];
      if (result.skipped_count > 0) {
        parts.push(t.skipped(say.number(result.skipped_count), reasons.join('; ')));
      }
      if (result.state === 'interrupted') parts.push(t.interrupted);
      this.#tell(parts);
      return outcomeOf(result.changed, result.ids);
    });
  }

  async undo(): Promise<void> {
    // What is still on its way is the last decision: that one is meant.
    await this.#last;
    const undoable = this.#undoable;
    if (!undoable || undoable.until < Date.now()) {
      notice.show(say.t.acts.nothingToUndo);
      return;
    }
    await this.takeBack(undoable.action);
  }

  /** Takes one command or action back: from the snackbar, `u`, or an item's history. */
  async takeBack(action: string): Promise<void> {
    await this.#alone(async () => {
      const undone = await command<Undone>(`/actions/${action}/undo`, {});
      this.#undoable = undefined;
      const t = say.t.acts;
      const parts = [t.undone(say.number(undone.objects.length))];
      if (undone.conflicts.length > 0) {
        const details = [...new Set(undone.conflicts.map((each) => each.detail))].slice(0, 3);
        parts.push(t.skipped(say.number(undone.conflicts.length), details.join('; ')));
      }
      this.#tell(parts);
      return outcomeOf(
        undone.objects.length,
        undone.objects.map((object) => object.id),
      );
    });
  }

  /** One after the other: keys may come quicker than answers. */
  #alone(run: () => Promise<Outcome>): Promise<Outcome | undefined> {
    const mine = this.#last.then(() => this.#guarded(run));
    this.#last = mine;
    return mine;
  }

  async #guarded(run: () => Promise<Outcome>): Promise<Outcome | undefined> {
    try {
      const outcome = await run();
      for (const done of this.#listeners) done(outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notice.show(refusalOf(error, say.t));
      return undefined;
    }
  }

  /** Above some hundred items the server works on; its progress is shown meanwhile. */
  async #finished(result: ActionResult): Promise<ActionResult> {
    let latest = result;
    while (latest.state === 'running') {
      const done = latest.changed + latest.skipped_count;
      notice.showProgress(
        say.t.acts.running(say.number(done), say.number(latest.matched)),
        latest.matched > 0 ? done / latest.matched : 0,
      );
      await new Promise((resolve) => setTimeout(resolve, JOB_EVERY_MS));
      latest = await get<ActionResult>(`/actions/${latest.id}`);
    }
    return latest;
  }

  #tell(parts: string[]): void {
    const undo = { label: say.t.acts.undo, key: 'u', run: () => void this.undo() };
    notice.show(parts.join(', '), this.#undoable ? undo : undefined);
  }
}

function outcomeOf(changed: number, ids: string[]): Outcome {
  return { changed, ids: ids.length === changed ? ids : undefined };
}

export const acts = new Acts();
