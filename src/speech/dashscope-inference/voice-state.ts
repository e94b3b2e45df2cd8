/** The state of a voice at the service, and the wait until it can speak. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { CallOptions } from '../engine.ts';
import type { VoiceStatus } from './protocol.ts';

/** A voice as a query tells it. */
export interface VoiceState {
  status: VoiceStatus;
  /** The model that it is bound to; empty when the service does not say. */
  model: string;
  simulated: boolean;
}

/** Asks for a voice. Rejects with `voice-not-found` or `service-refused` when there is none: the words are not known. */
export type QueryVoice = (voiceId: string, options: CallOptions) => Promise<VoiceState>;

/** How often and how long to ask. */
export interface VoicePolling {
  /** Wait after the first question. */
  firstMs: number;
  /** Longest wait between two; they grow. */
  mostMs: number;
  /** Longest wait altogether. */
  limitMs: number;
  /** How long a voice that was just made may be missing. */
  missingMs: number;
}

/** Most clients see a voice ready at once, some after minutes. */
export const VOICE_POLLING: VoicePolling = { firstMs: 2_000, mostMs: 10_000, limitMs: 300_000, missingMs: 30_000 };

const GROWTH = 1.5;

/**
 * Asks until the voice is no longer being deployed. Passing failures of the service are waited out. Rejects with the
 * failure of the query, with `service-failed` (worth a retry) after the longest wait, and with `interrupted`.
 */
export async function deployedVoice(
  query: QueryVoice,
  voiceId: string,
  of: { polling: VoicePolling; isNew?: boolean } & CallOptions,
): Promise<VoiceState> {
  const { polling, isNew = false, ...options } = of;
  const { signal } = options;
  const startMs = performance.now();
  for (let waitMs = polling.firstMs; ; waitMs = Math.min(waitMs * GROWTH, polling.mostMs)) {
    const elapsedMs = () => performance.now() - startMs;
    let failure: unknown = notReady(polling.limitMs);
    try {
      const state = await query(voiceId, options);
      if (state.status !== 'DEPLOYING') return state;
    } catch (error) {
      const mayAppear = isNew && isMissing(error) && elapsedMs() < polling.missingMs;
      if (!mayAppear && !isPassing(error)) throw error;
      failure = error;
    }
    if (elapsedMs() + waitMs > polling.limitMs) throw failure;
    await sleep(waitMs, undefined, { ...(signal && { signal }) }).catch(() => {
      throw interrupted('waiting for a voice');
    });
  }
}

/** Whether an error may mean that there is no such voice. */
export function isMissing(error: unknown): boolean {
  return error instanceof PipelineError && (error.code === 'voice-not-found' || error.code === 'service-refused');
}

/** Reads `output` of a query. */
export function voiceStateOf(output: unknown): Omit<VoiceState, 'simulated'> {
  if (typeof output !== 'object' || output === null || !('status' in output) || typeof output.status !== 'string')
    throw protocolViolation('a voice without a status');
  const model = 'target_model' in output && typeof output.target_model === 'string' ? output.target_model : '';
  const { status } = output;
  // A state of the future is not one to speak with yet.
  return { status: status === 'OK' || status === 'UNDEPLOYED' ? status : 'DEPLOYING', model };
}

function isPassing(error: unknown): boolean {
  return error instanceof PipelineError && error.retry !== 'never';
}

function notReady(limitMs: number): PipelineError {
  return new PipelineError({
    code: 'service-failed',
    message: `The service has not deployed the voice within ${limitMs / 1_000} s. It may be ready later.`,
    retry: 'backoff',
  });
}
