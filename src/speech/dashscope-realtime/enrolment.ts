/** Voices at the service: create, list, find, delete. */
import { PipelineError } from '../../errors.ts';
import type { RateLimiter } from '../../limits.ts';
import { type CallKey, permanentKey } from '../dashscope/api-key.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { RefusalContext } from '../dashscope/refusal.ts';
import { type Answer, enrolmentUrl, postEnrolment } from '../dashscope/request.ts';
import { trackRequests } from '../dashscope/request-tracker.ts';
import type { EnrolmentClient, EnrolmentCounts, SampleFile, VoiceAtService } from '../engine.ts';
import { ENROLMENT_MODEL, type EnrolmentRequest } from './protocol.ts';

/**
 * A data URI must be shorter than this after base64: about 7.5 MB of file. Source: voice-replica page, 2025-08 ("10
 * MB").
 */
export const MAX_SAMPLE_URI_CHARACTERS = 10_000_000;

/** Options of the client. */
export interface EnrolmentClientOptions {
  /** `https://…/api/v1`. */
  httpBaseUrl: string;
  apiKey: string;
  /** The key of each call. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey;
  /** Ten calls in any one second for the whole account; every call passes it first. */
  limiter: RateLimiter;
  /** Longest wait for one response. Default 90,000: a clone takes up to ten seconds. */
  timeoutMs?: number;
}

const LIST_PAGE_SIZE = 1_000;
/** An account has at most 1000 voices of this family; a longer list repeats itself. */
const MAX_LIST_PAGES = 5;

/**
 * Makes a client. Sends nothing yet. Throws `key-missing` or `key-refused` for a key that cannot be sent, and
 * `service-unreachable` for a base that is not a URL.
 *
 * Every call rejects with a PipelineError as described in failures.ts. After a throttle the limiter pauses the account.
 */
export function createEnrolmentClient({
  httpBaseUrl,
  apiKey,
  callKey = permanentKey(apiKey),
  limiter: gate,
  timeoutMs = 90_000,
}: EnrolmentClientOptions): EnrolmentClient {
  const url = enrolmentUrl(httpBaseUrl);
  const counts: EnrolmentCounts = { enroll: 0, list: 0, delete: 0 };
  const tracker = { create: trackRequests(), list: trackRequests(), delete: trackRequests() };

  async function call(
    input: EnrolmentRequest['input'],
    { signal, ...context }: Pick<RefusalContext, 'model'> & { signal: AbortSignal | undefined },
    isRepeat = false,
  ): Promise<Answer> {
    const key = await callKey.current(signal);
    const request: EnrolmentRequest = { model: ENROLMENT_MODEL, input };
    // Serialized before the limiter: everything done after it holds one of the account's tokens.
    const body = JSON.stringify(request);
    const counted = await gate.acquire(signal);
    counts[input.action === 'create' ? 'enroll' : input.action] += 1;
    try {
      return await postEnrolment(body, {
        url,
        timeoutMs,
        signal,
        key,
        departure: tracker[input.action].start(counted),
        context: { doing: 'enrol', apiKey, ...context },
      });
    } catch (error) {
      // A temporary key can expire early. A refused call has had no effect, so one retry is safe.
      if (error instanceof PipelineError && error.code === 'key-refused' && callKey.invalidate(key) && !isRepeat) {
        return call(input, { signal, ...context }, true);
      }
      if (error instanceof PipelineError && error.code === 'throttled' && typeof error.retry === 'object') {
        for (const kind of Object.values(tracker)) kind.throttled();
        // If the pause cannot be shared with the account, the caller still gets the throttle error.
        await gate.pauseFor(error.retry.afterMs).catch(() => undefined);
      }
      throw error;
    }
  }

  const list: EnrolmentClient['list'] = async ({ pageSize, pageIndex }, signal) => {
    const { body, simulated } = await call({ action: 'list', page_size: pageSize, page_index: pageIndex }, { signal });
    return { voices: voicesOf(body), simulated };
  };

  /** Page after page; stops at an incomplete page, and at an endless list. */
  async function* pages(signal: AbortSignal | undefined) {
    for (let pageIndex = 0; pageIndex < MAX_LIST_PAGES; pageIndex += 1) {
      const page = await list({ pageSize: LIST_PAGE_SIZE, pageIndex }, signal);
      yield page;
      if (page.voices.length < LIST_PAGE_SIZE) return;
    }
  }

  return {
    list,
    async listAll(signal) {
      const all: VoiceAtService[] = [];
      for await (const { voices } of pages(signal)) all.push(...voices);
      return all;
    },
    async create({ model, preferredName, audio, transcript, language }, signal) {
      const { body, simulated } = await call(
        {
          action: 'create',
          target_model: model,
          preferred_name: preferredName,
          audio: { data: 'url' in audio ? publicUrl(audio.url) : dataUri(audio) },
          ...(transcript === undefined ? {} : { text: transcript }),
          ...(language === undefined ? {} : { language }),
        },
        { signal, model },
      );
      return { voiceId: createdVoice(body, model), simulated };
    },
    async findByName({ preferredName, model }, signal) {
      let newest: (VoiceAtService & { simulated: boolean }) | undefined;
      for await (const { voices, simulated } of pages(signal)) {
        for (const voice of voices) {
          const isOurs = voice.model === model && voice.voiceId.includes(`-vc-${preferredName}-voice-`);
          if (isOurs && (newest === undefined || voice.createdAt > newest.createdAt)) newest = { ...voice, simulated };
        }
      }
      return newest;
    },
    async delete(voiceId, signal) {
      const { simulated } = await call({ action: 'delete', voice: voiceId }, { signal });
      return { simulated };
    },
    counts: () => ({ ...counts }),
  };
}

function publicUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url;
  throw new PipelineError({
    code: 'sample-refused',
    message: 'The URL of the sample does not begin with https://. Use a public https URL.',
    retry: 'never',
  });
}

function dataUri({ bytes, mediaType }: SampleFile): string {
  const prefix = `data:${mediaType};base64,`;
  const characters = prefix.length + Math.ceil(bytes.length / 3) * 4;
  if (characters >= MAX_SAMPLE_URI_CHARACTERS) {
    throw new PipelineError({
      code: 'sample-refused',
      message:
        `The sample is too large: ${(characters / 1_000_000).toFixed(1)} MB as sent; the limit is 10 MB. ` +
        'Cut it to 10 to 20 seconds, or save it as MP3 or M4A.',
      retry: 'never',
    });
  }
  return prefix + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function createdVoice(body: Record<string, unknown>, model: string): string {
  const output = body.output;
  if (!isFields(output) || typeof output.voice !== 'string' || output.voice === '') {
    throw protocolViolation('a response without the requested voice');
  }
  if (output.target_model !== undefined && output.target_model !== model) {
    throw protocolViolation('a voice for another model than requested');
  }
  return output.voice;
}

function voicesOf(body: Record<string, unknown>): VoiceAtService[] {
  const rows = isFields(body.output) ? body.output.voice_list : undefined;
  if (!Array.isArray(rows)) throw protocolViolation('a response without a list of voices');
  return rows.map((row: unknown) => {
    if (!isFields(row) || typeof row.voice !== 'string' || typeof row.target_model !== 'string') {
      throw protocolViolation('a list of voices with an unreadable row');
    }
    const createdAt = typeof row.gmt_create === 'string' ? row.gmt_create : '';
    return { voiceId: row.voice, model: row.target_model, createdAt };
  });
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
