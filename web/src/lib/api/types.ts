// What the server answers: the shapes of /api/v1 that the console reads.

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Outcome = 'succeeded' | 'unknown' | 'failed' | 'blocked';

/** A list page. `next` continues it; null where the list ends. */
export interface Page<T> {
  items: T[];
  next: string | null;
  total: { value: number; relation: 'eq' | 'gte' };
  as_of: string;
}

export interface ProblemEntry {
  pointer?: string;
  code?: string;
  detail?: string;
}

/** RFC 9457. `instance` is the id to quote when asking for help. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: ProblemEntry[];
}

export interface User {
  id: string;
  name: string;
  roles: string[];
}
export interface SessionAnswer {
  user: User;
  scopes?: string[];
  version?: string;
  csrf?: string;
}
export interface SetupAnswer {
  user: User;
  totp: { secret: string; uri: string };
  recovery_codes?: string[];
  api_key?: string;
}

export interface Ledger {
  received: number;
  stored: number;
  duplicate: number;
  rejected: Record<string, number>;
  quarantined: number;
  in_flight: number;
  lost_before_receipt: number;
  balances: boolean;
}

export interface AlertRow {
  id: string;
  number: string;
  title: string;
  title_id: string;
  severity: Level;
  priority: number;
  status: string;
  source: string;
  source_country: string;
  technique: string;
  target: string;
  asset_name: string;
  organisation: string;
  first_seen: string;
  last_seen: string;
  events: number;
  detections: number;
  outcome: Outcome;
  recurs_of: string | number | null;
  sensor: string;
}

export interface Overview {
  ladder: {
    records: number;
    events: number;
    detections: number;
    detected_events: number;
    alerts: number;
    incidents: number | null;
  };
  ledger: Ledger;
  alerts_open: Record<Level, number>;
  top_alerts: AlertRow[];
  sensors: { total: number; silent: number };
  engine: { available: boolean; reason: string; version: string };
  geo: { built_at: string | null };
  demo: boolean;
}

export interface AlertRule {
  id: string;
  title: string;
  title_id: string;
  level: Level;
  detections: number;
}
export interface AlertDetail extends AlertRow {
  outcomes: Record<Outcome, number>;
  rules: AlertRule[];
  summary: string;
  asset: { id: string; name: string; value: number; organisation: string } | null;
}

export interface WhyRule {
  id: string;
  title: string;
  title_id: string;
  description: string;
  description_id: string;
  level: Level;
  author: string;
  license: string;
  references: string[];
  false_positives: string[];
  techniques: string[];
}
export interface MatchReason {
  selection: string;
  field: string;
  event_field: string;
  value: string;
  pattern: string;
}
export interface Why {
  priority: number;
  factors: { name: string; value: string; factor: number }[];
  sentence: { id: string; en: string };
  rules: WhyRule[];
  reasons: MatchReason[];
  grouping: {
    source: string;
    technique: string;
    target: string;
    gap_minutes: number;
    span_hours: number;
  };
}

/** An event: nested ECS objects, as stored. */
export type EventObject = { [name: string]: unknown };

export interface Histogram {
  from: string;
  bucket_seconds: number;
  counts: number[];
  detected: number[];
}
export interface TopValues {
  field: string;
  values: { value: string; count: number }[];
}
export interface Facets {
  fields: Record<string, { value: string; count: number }[]>;
}

/** Offsets are bytes of the UTF-8 text. */
export interface QueryError {
  begin: number;
  end: number;
  message: string;
  hint: string;
}
export interface ParsedQuery {
  canonical: string;
  errors: QueryError[];
}

export interface QuarantineEntry {
  id: string;
  sensor: string;
  source: string;
  origin: string;
  received: string;
  reason: string;
  detail: string;
  length: number;
  preview: string;
  sha256: string | null;
}

export interface Sensor {
  name: string;
  source: string;
  timezone: string;
  zone: string;
  owner: string;
  records: number;
  quarantined: number;
  first_seen: string | null;
  last_seen: string | null;
  health: 'ok' | 'silent' | 'new';
}

export interface RuleRow {
  id: string;
  title: string;
  title_id: string;
  level: Level;
  status: string;
  author: string;
  license: string;
  techniques: string[];
  correlation: boolean;
  overriding: boolean;
}
export interface RuleDetail extends RuleRow {
  description?: string;
  description_id?: string;
  references?: string[];
  false_positives?: string[];
}
