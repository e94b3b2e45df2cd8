/**
 * What may help after a failed task, before its caller hears of it: a new connection, a voice that becomes ready, a
 * request without word times. Nothing is repeated once audio was passed on, because that cannot be taken back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import { MODELS } from '../../models.ts';
import type { Refusal } from '../dashscope/refusal.ts';
import { type CallOptions, SilentResponse, type SpeakRequest } from '../engine.ts';
import type { VoiceClient } from './enrolment.ts';
import { isMissing, type VoiceState } from './voice-state.ts';

/** A failed task. */
export interface FailedTask {
  error: unknown;
  /** Audio was passed on. */
  heard: boolean;
  /** A connection that had been idle was lost before the service took the task. */
  wasStale: boolean;
  /** The service's words, when it failed the task. */
  refusal: Refusal | undefined;
}

/** Recovery from the failures of one request. */
export interface Recovery {
  /**
   * Whether to send the text once more, over a new connection; waits until then. Rejects with a failure that says more
   * than the task's own, and with `interrupted`.
   */
  mayHelp(failed: FailedTask): Promise<boolean>;
}

/** Models that refused to tell when words are heard: they are not asked again. */
export interface WordTimesAsked {
  wanted(model: string): boolean;
  refused(model: string): void;
}

/** Waits before a text is sent again after the engine's error 411, which one client calls mostly intermittent. */
export const ELSEWHERE_RETRY_MS: readonly number[] = [3_000, 8_000];

/** `deployed`: see `VoiceClient`; undefined when nobody can be asked for a voice. */
export function recoveryOf(
  { model, voiceId }: Pick<SpeakRequest, 'model' | 'voiceId'>,
  of: {
    deployed: VoiceClient['deployed'] | undefined;
    elsewhereRetryMs: readonly number[];
    words: WordTimesAsked;
  } & CallOptions,
): Recovery {
  const { deployed, words, signal, onCall } = of;
  const waits = [...of.elsewhereRetryMs];
  let wasRenewed = false;
  let wasAsked = false;
  return {
    async mayHelp({ error, heard, wasStale, refusal }) {
      if (heard || signal?.aborted || !(error instanceof PipelineError)) return false;
      if (wasStale && !wasRenewed) {
        wasRenewed = true;
        return true;
      }
      if (/timestamp/i.test(refusal?.message ?? '') && words.wanted(model)) {
        words.refused(model);
        return true;
      }
      if (error instanceof SilentResponse) {
        // A voice that is still being deployed may be silent, and silence is paid for: the next try waits for it.
        const state = await deployed?.(voiceId, { signal, onCall }).catch(() => undefined);
        throwIfUseless(state, model);
        return false;
      }
      if (error.code !== 'voice-not-found') return false;
      if (/\b411\b/.test(refusal?.message ?? '')) {
        const waitMs = waits.shift();
        if (waitMs !== undefined) await pause(waitMs, signal);
        return waitMs !== undefined;
      }
      if (deployed === undefined || wasAsked) return false;
      wasAsked = true;
      const state = await deployed(voiceId, { signal, onCall }).catch((failure: unknown) => {
        if (!isMissing(failure)) throw failure;
        return undefined;
      });
      throwIfUseless(state, model);
      return state?.status === 'OK';
    },
  };
}

/** Why a voice that exists cannot speak: the service's refusal of a text does not tell this from a voice that is gone. */
function throwIfUseless(state: VoiceState | undefined, model: string): void {
  if (state === undefined) return;
  if (state.status === 'UNDEPLOYED')
    throw unusable(
      'The service has examined the recording of this voice and refused the voice (UNDEPLOYED): it will never speak. ' +
        'Name another voice, or another recording of the speaker with "sample:".',
    );
  if (state.model === '' || state.model === model) return;
  // What the service says is quoted only where it is the name of a model.
  const its = Object.hasOwn(MODELS, state.model) ? state.model : 'another model';
  throw unusable(
    `The voice was enrolled for ${its} and cannot speak with ${model}: a voice works with one model only. ` +
      'Name the recording that it was cloned from with "sample:", or write the voice\'s own model after "model:" of the character.',
  );
}

function unusable(message: string): PipelineError {
  return new PipelineError({ code: 'voice-not-found', message, retry: 'never' });
}

/** Remembers which models refused, for the life of a process. */
export function wordTimesAsked(tellsWords: (model: string) => boolean): WordTimesAsked {
  const refused = new Set<string>();
  return {
    wanted: (model) => tellsWords(model) && !refused.has(model),
    refused: (model) => void refused.add(model),
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw interrupted('speaking');
  });
}
