// What a row of the queue is about, whichever kind it is.
import type { AlertRow, TriageRow } from './api/types';
import { visible } from './evidence';
import { href } from './router';

export const isReport = (row: TriageRow) => row.kind === 'report';

export const rowPath = (row: TriageRow) =>
  href(isReport(row) ? `/reports/${row.number}` : `/alerts/${row.number}`);

/** Where from and to; of a report its number. */
export const rowPlace = (row: TriageRow) =>
  isReport(row) ? row.number : `${visible(row.source)} → ${visible(row.target)}`;

/** The ATT&CK technique; a rule that names none stands under its own id there, which says nothing. */
export const techniqueOf = (row: Pick<AlertRow, 'technique'>) =>
  /^T\d{4}/.test(row.technique) ? row.technique : '';
