// The keys of the acts: the same in the queue, in the peek panel and on an alert's page.
import { acts, type ActionType, type Decision } from '$lib/acts.svelte';
import { queueTexts } from '$lib/i18n/queue';
import { keyboard, type Binding } from '$lib/keys.svelte';
import { say } from '$lib/say.svelte';
import { session } from '$lib/session.svelte';
import type { Question } from './ActDialog.svelte';

export interface Handlers {
  ask: (question: Question) => void;
  act: (decision: Decision) => void;
}

/** Shift and the key of a question give the last answer again. */
const toCase = () => queueTexts[say.locale].toCase;
const repeats: { keys: string; type: ActionType; label: () => string }[] = [
  { keys: 'Shift+1', type: 'alert.attach', label: toCase },
  { keys: 'Shift+2', type: 'alert.merge', label: () => say.t.acts.merge },
  { keys: 'Shift+3', type: 'alert.close', label: () => say.t.acts.close },
];

export function actKeys({ ask, act }: Handlers): () => void {
  const t = say.t.acts;
  const group = 'triage' as const;
  const asking = (keys: string, question: Question, label: () => string): Binding => ({
    keys,
    group,
    label,
    run: () => ask(question),
  });
  const acting = (keys: string, decision: () => Decision, label: () => string): Binding => ({
    keys,
    group,
    label,
    run: () => act(decision()),
  });
  return keyboard.add([
    acting(
      'e',
      () => ({ type: 'alert.accept', params: {} }),
      () => t.accept,
    ),
    asking('1', 'case', toCase),
    asking('2', 'merge', () => t.merge),
    asking('3', 'close', () => t.close),
    asking('h', 'snooze', () => t.snooze),
    acting(
      'z',
      () => ({ type: 'alert.archive', params: {} }),
      () => t.archive,
    ),
    asking('a', 'assign', () => t.assign),
    acting(
      'm',
      () => ({ type: 'alert.assign', params: { assignee: session.user?.name ?? '' } }),
      () => t.toMe,
    ),
    asking('l', 'labels', () => t.labels),
    asking('s', 'priority', () => t.priority),
    ...repeats.map(({ keys, type, label }) => ({
      keys,
      group,
      label: () => say.t.triage.keys.repeat(label()),
      run: () => {
        const decision = acts.last[type];
        if (decision) act(decision);
      },
    })),
  ]);
}
