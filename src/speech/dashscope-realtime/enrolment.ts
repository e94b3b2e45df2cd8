/** Voices at the service: create, list, find, delete. */
import { createEnrolmentCalls, type EnrolmentCallOptions } from '../dashscope/enrolment-calls.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import { sampleUri } from '../dashscope/sample-uri.ts';
import { allVoices, restOfList } from '../dashscope/voice-pages.ts';
import type { CallOptions, EnrolmentClient, EnrolmentCounts, VoiceAtService } from '../engine.ts';
import { ENROLMENT_MODEL, type EnrolmentRequest } from './protocol.ts';

/** Options of the client. */
export type EnrolmentClientOptions = EnrolmentCallOptions;

const LIST_PAGE_SIZE = 1_000;

/** Makes a client. Sends nothing yet. Throws and rejects as `createEnrolmentCalls` says. */
export function createEnrolmentClient(options: EnrolmentClientOptions): EnrolmentClient {
  const counts: EnrolmentCounts = { enroll: 0, list: 0, delete: 0 };
  const send = createEnrolmentCalls<EnrolmentRequest['input']['action']>(options, {
    countedAs: { create: 'enroll', list: 'list', delete: 'delete' },
    counts,
  });
  const call = (input: EnrolmentRequest['input'], options: Parameters<typeof send>[2] = {}) =>
    send(input.action, { model: ENROLMENT_MODEL, input } satisfies EnrolmentRequest, options);

  async function page(pageIndex: number, pageSize: number, options?: CallOptions) {
    const { body, simulated } = await call({ action: 'list', page_size: pageSize, page_index: pageIndex }, options);
    return { voices: voicesOf(body), simulated, ...(isFields(body.output) && restOfList(body.output)) };
  }
  const all = (options?: CallOptions, isWanted?: (voice: VoiceAtService) => boolean) =>
    allVoices((pageIndex, pageSize) => page(pageIndex, pageSize, options), LIST_PAGE_SIZE, isWanted);

  return {
    async list({ pageSize, pageIndex }, options) {
      const { voices, simulated } = await page(pageIndex, pageSize, options);
      return { voices, simulated };
    },
    listAll: async (options) => (await all(options)).voices,
    async create({ model, preferredName, audio, transcript, language }, options) {
      const { body, simulated } = await call(
        {
          action: 'create',
          target_model: model,
          preferred_name: preferredName,
          audio: { data: sampleUri(audio) },
          ...(transcript === undefined ? {} : { text: transcript }),
          ...(language === undefined ? {} : { language }),
        },
        { ...options, model },
      );
      return { voiceId: createdVoice(body, model), simulated };
    },
    async findByName({ preferredName, model }, options) {
      const isOurs = (voice: VoiceAtService) =>
        voice.model === model && voice.voiceId.includes(`-vc-${preferredName}-voice-`);
      const { voices, simulated } = await all(options, isOurs);
      const ours = voices.filter(isOurs);
      const [first, ...rest] = ours;
      if (first === undefined) return undefined;
      const newest = rest.reduce((best, voice) => (voice.createdAt > best.createdAt ? voice : best), first);
      return { ...newest, simulated };
    },
    async delete(voiceId, options) {
      const { simulated } = await call({ action: 'delete', voice: voiceId }, options);
      return { simulated };
    },
    counts: () => ({ ...counts }),
  };
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
