import { describe, expect, it } from 'vitest';
import { rebased } from '$lib/draft';

const began = { enabled: true, level: '', owner: 'Budi', people: [{ name: 'Sari' }] };

describe('what is being written', () => {
  it('follows what it began from where nothing was changed here', () => {
    const now = { ...began, owner: 'Rina', people: [] };
    expect(rebased({ ...began }, began, now)).toEqual(now);
  });
  it('keeps what was changed here, and takes the rest', () => {
    const draft = { ...began, enabled: false, people: [{ name: 'Tono' }] };
    const now = { ...began, enabled: true, level: 'high', people: [{ name: 'Wati' }] };
    expect(rebased(draft, began, now)).toEqual({ ...draft, level: 'high' });
  });
});
