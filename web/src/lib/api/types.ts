// The shapes of /api/v1 under the console's names for them. schema.d.ts is made from
// api/openapi.json (`npm run gen:api`); nothing here is a copy of it.
import type {
  ActionRequest,
  ActionResult as WholeActionResult,
  Alert,
  AlertPage,
  AlertRow,
  AlertWhy,
  Event,
  EventPage,
  Problem as WholeProblem,
  Report,
  QuarantineRow,
  QueryParsed,
  Rule,
  RuleExplained,
  SessionState,
  SetupResult,
} from './schema';

export type {
  Accepted,
  Advisory,
  Activity,
  AlertRow,
  Asset,
  AssetImport,
  ClockRule,
  ClockRules,
  Holidays,
  Organisation,
  OrganisationImport,
  Playbook,
  Playbooks,
  Assignees,
  AuditVerification,
  Both,
  Case,
  CaseActivity,
  CaseAlert,
  CaseRow,
  Casework,
  Clock,
  Copy,
  Custody,
  Duty,
  Entry,
  Evidence,
  Facets,
  FoundObservables,
  Histogram,
  History,
  HistoryRow,
  Invitation,
  InvitationSeen,
  Invite,
  Key,
  KeyMade,
  Ledger,
  Me,
  Milestone,
  Note,
  NoteMerge,
  Overview,
  OwnSession,
  Precedents,
  PrintedDocument,
  Publication,
  PublicationRow,
  RecoveryCodes,
  RerunResult,
  ProfileKept,
  Protection,
  ReportForm,
  ReportNumber,
  ReportRow,
  ReportSimilar,
  ReportSimilarList,
  Hunt,
  RuleException,
  RuleExceptionPreview,
  RuleRow,
  RuleText,
  RuleTextChecked,
  SecondFactor,
  SecondFactorSecret,
  SeenObservable,
  Sensor,
  SensorKept,
  Statistics,
  SetupState,
  SignedIn,
  Source,
  System,
  Task,
  TimelineLine,
  TopValues,
  TriageCounts,
  TriageGroup,
  TriageHours,
  TriageNews,
  TriageRow,
  TryResult,
  Undone,
  Upload,
  UploadSize,
  User,
  UserRow,
  UserSeen,
  View,
  Views,
} from './schema';

export type Level = AlertRow['severity'];
export type Outcome = AlertRow['outcome'];

export type AlertStatus = AlertRow['status'];
export type ActionType = ActionRequest['type'];
export type ActionParameters = NonNullable<ActionRequest['params']>;
export type ActionResult = WholeActionResult;

export type AlertDetail = Alert;
export type ReportDetail = Report;
export type AlertRule = Alert['rules'][number];
export type Why = AlertWhy;
export type WhyRule = RuleExplained;
export type MatchReason = AlertWhy['reasons'][number];
export type EventObject = Event;
export type ParsedQuery = QueryParsed;
/** Offsets are bytes of the UTF-8 text. */
export type QueryError = QueryParsed['errors'][number];
export type QuarantineEntry = QuarantineRow;
export type RuleDetail = Rule;
export type SessionAnswer = SessionState;
export type SetupAnswer = SetupResult;

/** A page of a list. `next` continues it; null where the list ends. */
export type Page<T> = Omit<AlertPage, 'items'> & { items: T[]; searched?: Searched };

/** How far a search over events has come, newest first. */
export type Searched = EventPage['searched'];

/** RFC 9457; an answer from elsewhere (a proxy, no answer at all) has less of it than ours. */
export type Problem = Pick<WholeProblem, 'type' | 'title' | 'status'> & Partial<WholeProblem>;
