// Reading an event of the archive: nested ECS objects, shown as dotted names.
import type { EventObject } from './api/types';

export interface FieldValue {
  name: string;
  values: string[];
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Leaves in name order; an array is one field with several values. */
export function flatten(event: EventObject): FieldValue[] {
  const fields: FieldValue[] = [];
  const walk = (value: unknown, name: string) => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      const leaves = value.filter((each) => each !== null);
      if (leaves.length > 0) fields.push({ name, values: leaves.map(asText) });
    } else if (typeof value === 'object') {
      for (const [key, child] of Object.entries(value)) walk(child, name ? `${name}.${key}` : key);
    } else {
      fields.push({ name, values: [asText(value)] });
    }
  };
  walk(event, '');
  return fields.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The first value at a dotted name, also where a part of the name holds a dot itself. */
export function fieldText(event: EventObject, name: string): string {
  let here: unknown = event;
  for (const part of name.split('.')) {
    here = here !== null && typeof here === 'object' ? (here as EventObject)[part] : undefined;
  }
  here ??= event[name];
  const first = Array.isArray(here) ? here[0] : here;
  return first === undefined || first === null || typeof first === 'object' ? '' : String(first);
}

/** One line that says what happened, from the fields that a kind of log is known for. */
export function summarise(event: EventObject): string {
  const text = (name: string) => fieldText(event, name);
  const method = text('http.request.method');
  if (method) {
    const target = text('url.original') || text('url.path');
    return [method, target, text('http.response.status_code')].filter(Boolean).join(' ');
  }
  const signature = text('rule.name') || text('suricata.eve.alert.signature');
  if (signature) return signature;
  const message = text('message');
  if (message) return message;
  const command = text('process.command_line') || text('winlog.event_data.CommandLine');
  if (command) return command;
  const action = [text('event.action'), text('user.name')].filter(Boolean).join(' · ');
  return action || text('event.original');
}
