/** The pages of the account's voices. */
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { VoiceAtService } from '../engine.ts';

/** A voice in a list. */
export interface ListedVoice extends VoiceAtService {
  /** Empty when the list does not say. */
  status: string;
}

/** Gets one page; `pageIndex` is 0-based. */
export type GetPage = (pageIndex: number) => Promise<{ voices: ListedVoice[]; simulated: boolean }>;

/** An account has at most 1000 voices, and a page some ten at least; a longer list repeats itself. */
const MAX_LIST_PAGES = 205;

/**
 * Page after page until one is empty: a server may give fewer rows than were asked for, so a page that is not full says
 * nothing. A page without anything new ends the list, too.
 */
export async function allVoices(getPage: GetPage): Promise<{ voices: ListedVoice[]; simulated: boolean }> {
  const all = new Map<string, ListedVoice>();
  for (let pageIndex = 0; ; pageIndex += 1) {
    const { voices, simulated } = await getPage(pageIndex);
    const before = all.size;
    for (const voice of voices) if (!all.has(voice.voiceId)) all.set(voice.voiceId, voice);
    if (all.size === before || pageIndex === MAX_LIST_PAGES - 1) return { voices: [...all.values()], simulated };
  }
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
