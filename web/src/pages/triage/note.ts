import type { TriageRow } from '$lib/api/types';
import { isReport } from '$lib/row';

/** How a note on a row is kept: a report has its own, an alert those of the case it is in. */
export function noteOn(row: TriageRow, text: string): { route: string; body: object } | undefined {
  if (isReport(row)) return { route: `/reports/${row.id}/notes`, body: { text } };
  if (!row.case_id) return undefined;
  return {
    route: `/cases/${row.case_id}/entries`,
    body: { kind: 'fact', text: `${row.number}: ${text}`, at: null },
  };
}
