import type { Messages } from '$lib/i18n/id';
import type { UserRow } from '$lib/api/types';

export type Role = UserRow['roles'][number];
export const ROLES: Role[] = ['administrator', 'lead', 'analyst', 'viewer'];

export function roleOptions(t: Messages) {
  return ROLES.map((value) => ({ value, text: t.roles[value], hint: t.roleHints[value] }));
}
