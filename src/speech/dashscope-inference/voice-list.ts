/** The rows of a list of the account's voices. */
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { VoiceAtService } from '../engine.ts';

/** A voice in a list. */
export interface ListedVoice extends VoiceAtService {
  /** Empty when the list does not say. */
  status: string;
}

/** Reads `output` of a list. */
export function listedVoicesOf(output: unknown): ListedVoice[] {
  const rows = isFields(output) ? output['voice_list'] : undefined;
  if (!Array.isArray(rows)) throw protocolViolation('a response without a list of voices');
  return rows.map((row: unknown) => {
    if (!isFields(row) || typeof row['voice_id'] !== 'string')
      throw protocolViolation('a list of voices with an unreadable row');
    const text = (name: string): string => (typeof row[name] === 'string' ? String(row[name]) : '');
    return {
      voiceId: row['voice_id'],
      model: text('target_model'),
      createdAt: text('gmt_create'),
      status: text('status'),
    };
  });
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
