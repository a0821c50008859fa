// The views everybody has; people save their own beside them.
import { queueTexts } from '$lib/i18n/queue';
import type { Messages } from '$lib/i18n/id';
import { say } from '$lib/say.svelte';

export interface BuiltIn {
  id: string;
  q: string;
  title: (t: Messages) => string;
}

export const DEFAULT_VIEW = 'actions';

export const builtIn: BuiltIn[] = [
  {
    id: DEFAULT_VIEW,
    q: 'is:open -is:snoozed (assignee:@me OR is:unassigned)',
    title: (t) => t.triage.viewActions,
  },
  { id: 'critical', q: 'is:open severity:critical', title: (t) => t.triage.viewCritical },
  { id: 'mine', q: 'is:open is:mine', title: (t) => t.triage.viewMine },
  {
    id: 'escalating',
    q: 'is:escalating OR is:regressed',
    title: (t) => t.triage.viewEscalating,
  },
  {
    id: 'reports',
    q: 'kind:report is:open',
    title: (t) => t.reports.title,
  },
  { id: 'overdue', q: 'is:overdue', title: () => queueTexts[say.locale].viewOverdue },
  { id: 'snoozed', q: 'is:snoozed', title: (t) => t.triage.viewSnoozed },
  { id: 'all', q: '', title: (t) => t.triage.viewAll },
];
