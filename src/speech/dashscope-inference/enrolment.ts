/**
 * Voices at the service: create, list, find, delete; and the query that tells whether one can speak.
 *
 * Queries count as `list`: both only look.
 */
import { PipelineError } from '../../errors.ts';
import { createEnrolmentCalls, type EnrolmentCallOptions } from '../dashscope/enrolment-calls.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import { sampleUri } from '../dashscope/sample-uri.ts';
import { allVoices, restOfList } from '../dashscope/voice-pages.ts';
import type {
  CallOptions,
  CreateVoiceRequest,
  EnrolmentClient,
  EnrolmentCounts,
  FoundVoice,
  VoiceAtService,
} from '../engine.ts';
import {
  PROMPT_SECONDS,
  VOICE_ENROLLMENT_MODEL,
  VOICE_PREFIX,
  type VoiceEnrollmentInput,
  type VoiceEnrollmentRequest,
} from './protocol.ts';
import { isFields, type ListedVoice, listedVoicesOf } from './voice-list.ts';
import {
  deployedVoice,
  isMissing,
  VOICE_POLLING,
  type VoicePolling,
  type VoiceState,
  voiceStateOf,
} from './voice-state.ts';

/** Options of the client. */
export interface VoiceClientOptions extends EnrolmentCallOptions {
  /** How to wait for a voice; a field that is left out has its default. */
  polling?: Partial<VoicePolling>;
}

/** The client, and what only this engine needs to know of a voice. */
export interface VoiceClient extends EnrolmentClient {
  /** The voice once it is no longer being deployed; rejects when there is none. */
  deployed(voiceId: string, options?: CallOptions): Promise<VoiceState>;
}

type Action = 'create_voice' | 'list_voice' | 'query_voice' | 'delete_voice';
type Input = Extract<VoiceEnrollmentInput, { action: Action }>;

const COUNTED_AS = {
  create_voice: 'enroll',
  list_voice: 'list',
  query_voice: 'list',
  delete_voice: 'delete',
} as const satisfies Record<Action, keyof EnrolmentCounts>;

/** Small enough that a server has no reason to give fewer. */
const LIST_PAGE_SIZE = 100;
/** Models that take `max_prompt_audio_length`. Source: two clients; the documents do not say. */
const TAKES_PROMPT_SECONDS = /^(qwen-audio-|cosyvoice-v3\.5-|cosyvoice-v3-flash)/;

/** Makes a client. Sends nothing yet. Throws and rejects as `createEnrolmentCalls` says. */
export function createVoiceClient(options: VoiceClientOptions): VoiceClient {
  const polling = { ...VOICE_POLLING, ...options.polling };
  const counts: EnrolmentCounts = { enroll: 0, list: 0, delete: 0 };
  const calls = createEnrolmentCalls<Action>(options, {
    countedAs: COUNTED_AS,
    counts,
  });

  async function send(input: Input, options?: Parameters<typeof calls>[2]) {
    const request: VoiceEnrollmentRequest = { model: VOICE_ENROLLMENT_MODEL, input };
    const { body, simulated } = await calls(input.action, request, options ?? {});
    // Hosts are reported to differ: one may have the fields of `output` at the top.
    return { output: isFields(body['output']) ? body['output'] : body, simulated };
  }

  async function query(voiceId: string, options?: CallOptions): Promise<VoiceState> {
    const { output, simulated } = await send({ action: 'query_voice', voice_id: voiceId }, options);
    return { ...voiceStateOf(output), simulated };
  }

  async function page(of: { pageSize: number; pageIndex: number; prefix?: string }, options?: CallOptions) {
    const { pageSize, pageIndex, prefix } = of;
    const { output, simulated } = await send(
      { action: 'list_voice', ...(prefix === undefined ? {} : { prefix }), page_index: pageIndex, page_size: pageSize },
      options,
    );
    return { voices: listedVoicesOf(output), simulated, ...(isFields(output) && restOfList(output)) };
  }

  const all = (options?: CallOptions, prefix?: string) =>
    allVoices(
      (pageIndex, pageSize) => page({ pageSize, pageIndex, ...(prefix === undefined ? {} : { prefix }) }, options),
      LIST_PAGE_SIZE,
    );

  const deployed = (voiceId: string, options?: CallOptions) => deployedVoice(query, voiceId, { polling, ...options });

  async function requestVoice(input: Input, request: CreateVoiceRequest, options?: CallOptions) {
    const create = () => send(input, { ...options, model: request.model });
    const { output, simulated } = await create().catch(async (error: unknown) => {
      if (!isPreprocessFailure(error)) throw error;
      // The same words for a sample that it does not like and for its own failure. Free, so one retry is harmless.
      const found = await findByName(request, options);
      if (found !== undefined) return { output: { voice_id: found.voiceId }, simulated: found.simulated };
      return create().catch((again: unknown) => {
        throw isPreprocessFailure(again) ? badSample(again) : again;
      });
    });
    return { voiceId: createdVoice(output), simulated };
  }

  /** From here on the voice exists, so no failure may look like a refusal that made nothing. */
  async function newVoice(voiceId: string, options?: CallOptions): Promise<VoiceState> {
    try {
      return await deployedVoice(query, voiceId, { polling, isNew: true, ...options });
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code === 'interrupted') throw error;
      const message = `The voice was made, but the service has not confirmed it. ${error.message}`;
      throw new PipelineError({ code: 'service-failed', message, retry: error.retry, cause: error });
    }
  }

  async function findByName(
    { preferredName, model }: { preferredName: string; model: string },
    options?: CallOptions,
  ): Promise<FoundVoice | undefined> {
    const prefix = checkedPrefix(preferredName);
    const { voices } = await all(options, prefix);
    const ours: (ListedVoice & VoiceState)[] = [];
    for (const voice of voices.filter(({ voiceId }) => voiceId.includes(`-${prefix}-`)).sort(olderFirst)) {
      // The list does not name the model.
      const state = await query(voice.voiceId, options).catch(undefinedIfMissing);
      if (state?.model === model && state.status !== 'UNDEPLOYED') ours.push({ ...voice, ...state });
    }
    for (const [index, voice] of ours.entries()) {
      const state = voice.status === 'OK' ? voice : await deployed(voice.voiceId, options).catch(undefinedIfMissing);
      if (state?.status !== 'OK') continue;
      const { voiceId, createdAt, simulated } = voice;
      const others = ours.slice(index + 1).map((other) => other.voiceId);
      return { voiceId, model, createdAt, simulated, ...(others.length === 0 ? {} : { others }) };
    }
    return undefined;
  }

  return {
    deployed,
    async create(request, options) {
      const { voiceId, simulated } = await requestVoice(createInput(request), request, options);
      const state = await newVoice(voiceId, options);
      if (state.model !== '' && state.model !== request.model)
        throw protocolViolation('a voice for another model than requested');
      if (state.status === 'OK') return { voiceId, simulated };
      // It will never speak, and would take one of the account's places.
      await send({ action: 'delete_voice', voice_id: voiceId }, options).catch(() => undefined);
      throw refusedVoice();
    },
    async list({ pageSize, pageIndex }, options) {
      const { voices, simulated } = await page({ pageSize, pageIndex }, options);
      return { voices: voices.map(withoutStatus), simulated };
    },
    async listAll(options) {
      return (await all(options)).voices.map(withoutStatus);
    },
    findByName,
    async delete(voiceId, options) {
      try {
        const { simulated } = await send({ action: 'delete_voice', voice_id: voiceId }, options);
        return { simulated };
      } catch (error) {
        // How the service says that there is no such voice is not documented: its list tells.
        if (!(error instanceof PipelineError) || error.code !== 'service-refused') throw error;
        const { voices } = await all(options);
        throw voices.some((voice) => voice.voiceId === voiceId) ? error : noSuchVoice();
      }
    },
    counts: () => ({ ...counts }),
  };
}

function createInput(request: CreateVoiceRequest): Input {
  const { model, preferredName, audio, sampleSeconds, language } = request;
  const takesSeconds = sampleSeconds !== undefined && TAKES_PROMPT_SECONDS.test(model);
  return {
    action: 'create_voice',
    target_model: model,
    prefix: checkedPrefix(preferredName),
    url: sampleUri(audio),
    ...(language === undefined ? {} : { language_hints: [language] }),
    // Otherwise only the first ten seconds shape the voice.
    ...(takesSeconds ? { max_prompt_audio_length: promptSeconds(sampleSeconds) } : {}),
  };
}

function promptSeconds(sampleSeconds: number): number {
  return Math.min(PROMPT_SECONDS.most, Math.max(PROMPT_SECONDS.least, Math.ceil(sampleSeconds)));
}

function checkedPrefix(preferredName: string): string {
  if (VOICE_PREFIX.test(preferredName)) return preferredName;
  throw new Error(`Internal error: the service takes no voice called "${preferredName}".`);
}

/** The older voice first, whatever the order of the list; of two from one second always the same one. */
function olderFirst(a: VoiceAtService, b: VoiceAtService): number {
  const keyOf = ({ createdAt, voiceId }: VoiceAtService) => `${createdAt} ${voiceId}`;
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function withoutStatus({ voiceId, model, createdAt }: ListedVoice): VoiceAtService {
  return { voiceId, model, createdAt };
}

function createdVoice(output: unknown): string {
  const voiceId = isFields(output) ? output['voice_id'] : undefined;
  if (typeof voiceId === 'string' && voiceId !== '') return voiceId;
  throw protocolViolation('a response without the requested voice');
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function isPreprocessFailure(error: unknown): error is PipelineError {
  return error instanceof PipelineError && error.code === 'service-failed' && /audio preprocess/i.test(error.message);
}

function badSample(cause: PipelineError): PipelineError {
  return new PipelineError({
    code: 'sample-refused',
    message:
      'The service failed on the sample twice, as it does with noisy, quiet or long recordings. Record 10 to 20 ' +
      `seconds of one clear voice, with 5 seconds of speech in one go. ${cause.message}`,
    retry: 'never',
    cause,
  });
}

function refusedVoice(): PipelineError {
  return new PipelineError({
    code: 'sample-refused',
    message: 'The service examined the sample and refused the voice. Record another sample of the speaker.',
    retry: 'never',
  });
}

function noSuchVoice(): PipelineError {
  return new PipelineError({ code: 'voice-not-found', message: 'The service has no such voice.', retry: 'never' });
}
