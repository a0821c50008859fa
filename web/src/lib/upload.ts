// Sending and taking evidence in pieces: memory holds one piece, whatever the file's size.
import { get, post, putBytes, takeBytes } from './api/client';
import type { Copy, Custody, Evidence, Upload, UploadSize } from './api/types';

/** A file up to this is hashed here as well, so that what arrived can be compared. */
const HASHED_BYTES = 256 * 1024 * 1024;

export interface EvidenceWords {
  kind: string;
  description: string;
  source: string;
  method: string;
  acquired_at: string | null;
}

async function hashOf(file: File): Promise<string> {
  // WebCrypto is there only in a secure context, and hashes only what is whole in memory.
  if (file.size > HASHED_BYTES || !globalThis.crypto?.subtle) return '';
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function sendEvidence(
  caseId: string,
  file: File,
  words: EvidenceWords,
  progress: (share: number) => void,
): Promise<Evidence> {
  const sha256 = await hashOf(file);
  const { upload, piece_bytes } = await post<Upload>(`/cases/${caseId}/uploads`);
  for (let at = 0; at < file.size; at += piece_bytes) {
    const piece = file.slice(at, at + piece_bytes);
    await putBytes<UploadSize>(`/uploads/${upload}?offset=${at}`, piece);
    progress(Math.min(1, (at + piece_bytes) / file.size));
  }
  return post<Evidence>(`/cases/${caseId}/evidence`, { ...words, upload, sha256, name: file.name });
}

export async function takeEvidence(
  caseId: string,
  evidence: Evidence,
  reason: string,
): Promise<Blob> {
  const route = `/cases/${caseId}/evidence/${evidence.id}`;
  const { copy } = await post<Copy>(`${route}/copies`, { reason });
  const pieces: Blob[] = [];
  let taken = 0;
  while (taken < evidence.size) {
    const piece = await takeBytes(`${route}/content?copy=${copy}&offset=${taken}`);
    if (piece.size === 0) break;
    pieces.push(piece);
    taken += piece.size;
  }
  return new Blob(pieces, { type: 'application/octet-stream' });
}

export const custodyOf = (caseId: string, evidence: Evidence) =>
  get<Custody>(`/cases/${caseId}/evidence/${evidence.id}/custody`);
