// Every page, by path. A page is fetched when it is first opened.
import type { Component } from 'svelte';
import type { Messages } from '$lib/i18n/id';
import { matchPath, type Params } from '$lib/router';
import type { IconName } from '$ui/Icon.svelte';

/** Pages without parameters ignore them, which their generated types do not say. */
type PageModule = { default: unknown };
export type PageComponent = Component<{ params: Params }>;

export interface Route {
  pattern: string;
  load: () => Promise<PageModule>;
  /** Shown without a session, outside the shell. */
  open?: boolean;
  /** Outside the shell, with a session. */
  bare?: boolean;
}

export const routes: Route[] = [
  { pattern: '/setup', load: () => import('../pages/setup/Setup.svelte'), open: true },
  { pattern: '/sign-in', load: () => import('../pages/sign-in/SignIn.svelte'), open: true },
  { pattern: '/dashboard', load: () => import('../pages/dashboard/Dashboard.svelte') },
  { pattern: '/triage', load: () => import('../pages/triage/Triage.svelte') },
  { pattern: '/alerts', load: () => import('../pages/triage/Moved.svelte') },
  { pattern: '/alerts/:id', load: () => import('../pages/alert/Alert.svelte') },
  { pattern: '/cases', load: () => import('../pages/cases/Cases.svelte') },
  { pattern: '/cases/:id', load: () => import('../pages/case/Case.svelte') },
  { pattern: '/cases/:id/:tab', load: () => import('../pages/case/Case.svelte') },
  { pattern: '/reports', load: () => import('../pages/reports/Reports.svelte') },
  { pattern: '/reports/new', load: () => import('../pages/report-entry/ReportEntry.svelte') },
  { pattern: '/reports/:id', load: () => import('../pages/report/Report.svelte') },
  { pattern: '/advisories', load: () => import('../pages/advisories/Advisories.svelte') },
  { pattern: '/admin/profile', load: () => import('../pages/profile/Profile.svelte') },
  { pattern: '/events', load: () => import('../pages/events/Events.svelte') },
  { pattern: '/stats', load: () => import('../pages/statistics/Statistics.svelte') },
  {
    pattern: '/publications/:id',
    load: () => import('../pages/statistics/Publication.svelte'),
  },
  { pattern: '/quarantine', load: () => import('../pages/quarantine/Quarantine.svelte') },
  { pattern: '/sensors', load: () => import('../pages/sensors/Sensors.svelte') },
  { pattern: '/rules', load: () => import('../pages/rules/Rules.svelte') },
  { pattern: '/rules/new', load: () => import('../pages/rules/NewRule.svelte') },
  { pattern: '/rules/:id', load: () => import('../pages/rules/Rule.svelte') },
  { pattern: '/wall', load: () => import('../pages/wall/Wall.svelte'), bare: true },
  { pattern: '/me', load: () => import('../pages/me/Me.svelte') },
  {
    pattern: '/invitation',
    load: () => import('../pages/invitation/Invitation.svelte'),
    open: true,
  },
  { pattern: '/admin/users', load: () => import('../pages/users/Users.svelte') },
  { pattern: '/admin/audit', load: () => import('../pages/audit/Audit.svelte') },
  { pattern: '/admin/sources', load: () => import('../pages/sources/Sources.svelte') },
  { pattern: '/admin/system', load: () => import('../pages/system/System.svelte') },
  { pattern: '/admin/assets', load: () => import('../pages/assets/Assets.svelte') },
  {
    pattern: '/admin/assets/organisations',
    load: () => import('../pages/organisations/Organisations.svelte'),
  },
  { pattern: '/admin/casework', load: () => import('../pages/office/Office.svelte') },
  { pattern: '/admin/casework/:tab', load: () => import('../pages/office/Office.svelte') },
];

export function findRoute(path: string): { route: Route; params: Params } | undefined {
  for (const route of routes) {
    const params = matchPath(route.pattern, path);
    if (params) return { route, params };
  }
  return undefined;
}

export interface Place {
  path: string;
  icon: IconName;
  key: string;
  title: (t: Messages) => string;
  /** What a reader must be allowed to have any use of it. */
  scope?: string;
}

/** The main menu, in order; `key` follows g. */
export const places: Place[] = [
  { path: '/dashboard', icon: 'dashboard', key: 'd', title: (t) => t.nav.dashboard },
  { path: '/triage', icon: 'alerts', key: 't', title: (t) => t.nav.triage },
  { path: '/cases', icon: 'cases', key: 'c', title: (t) => t.nav.cases },
  { path: '/reports', icon: 'empty', key: 'p', title: (t) => t.nav.reports, scope: 'reports:read' },
  {
    path: '/advisories',
    icon: 'audit',
    key: 'a',
    title: (t) => t.nav.advisories,
    scope: 'reports:read',
  },
  { path: '/events', icon: 'events', key: 'e', title: (t) => t.nav.events },
  { path: '/stats', icon: 'chart', key: 'f', title: (t) => t.nav.statistics },
  { path: '/wall', icon: 'screen', key: 'w', title: (t) => t.nav.wall },
  { path: '/quarantine', icon: 'quarantine', key: 'q', title: (t) => t.nav.quarantine },
  { path: '/sensors', icon: 'sensors', key: 's', title: (t) => t.nav.sensors },
  { path: '/rules', icon: 'rules', key: 'r', title: (t) => t.nav.rules },
  { path: '/admin/sources', icon: 'copy', key: 'k', title: (t) => t.nav.sources },
  { path: '/admin/assets', icon: 'assets', key: 'n', title: (t) => t.nav.assets },
  { path: '/admin/casework', icon: 'clock', key: 'h', title: (t) => t.nav.casework },
  { path: '/admin/users', icon: 'users', key: 'u', title: (t) => t.nav.users, scope: 'admin' },
  { path: '/admin/audit', icon: 'audit', key: 'l', title: (t) => t.nav.audit, scope: 'audit:read' },
  { path: '/admin/profile', icon: 'globe', key: 'o', title: (t) => t.nav.profile, scope: 'admin' },
  { path: '/admin/system', icon: 'screen', key: 'y', title: (t) => t.nav.system, scope: 'admin' },
];
