/** What to do when the account has as many voices as it may keep: say which could go, or free one when told to. */
import { PipelineError } from '../src/errors.ts';
import { forgetUse, forgetVoice, lastUse, listVoices, type VoiceRecord } from '../src/store/ledger.ts';
import type { EnrollContext } from './context.ts';

/** How many voices the message names. */
const NAMED_VOICES = 3;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** One of our voices and when it was last of use. */
interface UsedVoice {
  voice: VoiceRecord;
  /** Day of its last take, or of its enrolment when it never spoke: `yyyy-mm-dd`. */
  since: string;
}

/** The same failure with the names of the voices that are unused longest, and how to free them. */
export async function voiceQuotaError(error: PipelineError, context: EnrollContext): Promise<PipelineError> {
  const oldest = (await voicesByLastUse(context)).slice(0, NAMED_VOICES);
  const which =
    oldest.length === 0
      ? 'None of them is in this ledger; `pipeline voices list` shows them all.'
      : `Ours unused longest: ${oldest.map(({ voice, since }) => `${voice.voiceId} (${voice.characters.join(', ')}, ${since})`).join('; ')}.`;
  return new PipelineError({
    code: error.code,
    message:
      `${error.message} ${which} Free some with \`pipeline voices prune\` or \`pipeline voices delete VOICE\`, or let the ` +
      'program do it by itself with PIPELINE_FREE_VOICES_AFTER_DAYS.',
    retry: error.retry,
    cause: error,
  });
}

/**
 * Deletes our voice that is unused longest, if a setting allows it and it is unused for long enough. True when asking
 * again may help; the ledger has one voice less then. Only voices of this ledger are ever deleted; a book that needs one again enrols it again.
 */
export async function deleteOldestVoice(context: EnrollContext, signal: AbortSignal): Promise<boolean> {
  const { store, account, freeVoicesAfterDays } = context;
  if (freeVoicesAfterDays === undefined) return false;
  const [oldest] = await voicesByLastUse(context);
  if (oldest === undefined || daysSince(oldest.since) < freeVoicesAfterDays) return false;
  const { voiceId, key } = oldest.voice;
  await context.enrolment.delete(voiceId, signal).catch((error: unknown) => {
    // Gone already: it ran out, or another worker was quicker and there is room.
    if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
  });
  await forgetVoice(store, { key, account, voiceId });
  await forgetUse(store, voiceId, account);
  return true;
}

async function voicesByLastUse({ store, account }: EnrollContext): Promise<UsedVoice[]> {
  const used = (await listVoices(store, account)).map(async (voice) => ({
    voice,
    since: (await lastUse(store, voice.voiceId, account)) ?? voice.enrolledAt.slice(0, 10),
  }));
  return (await Promise.all(used)).sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

function daysSince(day: string): number {
  const sinceMs = Date.parse(day);
  return Number.isNaN(sinceMs) ? 0 : (Date.now() - sinceMs) / DAY_MS;
}
