import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/client';
import { id } from '$lib/i18n/id';
import { refusalOf } from '$lib/trouble';

const refusal = (status: number, detail?: string) =>
  refusalOf(new ApiError(status, { type: 'about:blank', title: 'x', status, detail }), id);

describe('a refusal in one sentence', () => {
  it("is the server's own where it has one", () => {
    expect(refusal(400, 'nama: sudah ada')).toBe('nama: sudah ada');
  });
  it('is never empty, also where no answer came', () => {
    for (const status of [0, 400, 403, 404, 409, 429, 502]) expect(refusal(status)).not.toBe('');
  });
  it('is ours where somebody was quicker: the server knows versions, a reader does not', () => {
    expect(refusal(412, 'version 3 instead of 2')).toBe(id.errors.changedMeanwhile);
  });
});
