/**
 * What to do when the account has as many voices as it may have: name those that could go, or delete one when
 * configured.
 */
import { PipelineError } from '../src/errors.ts';
import type { CallOptions } from '../src/speech/engine.ts';
import { deleteVoiceUse, forgetVoice, lastVoiceUse, listVoices, type VoiceRecord } from '../src/store/ledger.ts';
import type { EnrollContext } from './context.ts';

/** How many voices the message names. */
const NAMED_VOICES = 3;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** One of our voices and when it was last used. */
interface UsedVoice {
  voice: VoiceRecord;
  /** Day of its last take, or of its enrolment when it never spoke: `yyyy-mm-dd`. */
  since: string;
}

/** The same failure with the names of the least recently used voices, and how to delete them. */
export async function voiceQuotaError(error: PipelineError, context: EnrollContext): Promise<PipelineError> {
  const oldest = (await voicesByLastUse(context)).slice(0, NAMED_VOICES);
  const which =
    oldest.length === 0
      ? 'None of them is in this ledger; `pipeline voices list` shows all of them.'
      : `Our least recently used ones: ${oldest.map(({ voice, since }) => `${voice.voiceId} (${voice.characters.join(', ')}, ${since})`).join('; ')}.`;
  return new PipelineError({
    code: error.code,
    message:
      `${error.message} ${which} Delete some with \`pipeline voices prune\` or \`pipeline voices delete VOICE\`, or let the ` +
      'program do it automatically with PIPELINE_FREE_VOICES_AFTER_DAYS.',
    retry: error.retry,
    cause: error,
  });
}

/**
 * Deletes our least recently used voice, if a setting allows it and the voice is unused for long enough. True when a
 * retry may help; the ledger then has one voice less. Only voices of this ledger are ever deleted; a book that needs
 * one again enrols it again.
 */
export async function deleteOldestVoice(context: EnrollContext, options: CallOptions): Promise<boolean> {
  const { store, account, freeVoicesAfterDays } = context;
  if (freeVoicesAfterDays === undefined) return false;
  const [oldest] = await voicesByLastUse(context);
  if (oldest === undefined || daysSince(oldest.since) < freeVoicesAfterDays) return false;
  const { voiceId, key } = oldest.voice;
  await context.enrolment.delete(voiceId, options).catch((error: unknown) => {
    // Gone already: it expired, or another worker was faster and there is room.
    if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
  });
  await forgetVoice(store, { key, account, voiceId });
  await deleteVoiceUse(store, voiceId, account);
  return true;
}

async function voicesByLastUse({ store, account }: EnrollContext): Promise<UsedVoice[]> {
  const used = (await listVoices(store, account)).map(async (voice) => ({
    voice,
    since: (await lastVoiceUse(store, voice.voiceId, account)) ?? voice.enrolledAt.slice(0, 10),
  }));
  return (await Promise.all(used)).sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

function daysSince(day: string): number {
  const sinceMs = Date.parse(day);
  return Number.isNaN(sinceMs) ? 0 : (Date.now() - sinceMs) / DAY_MS;
}
