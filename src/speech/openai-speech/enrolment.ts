/**
 * Voices of one's own server. Where a sample can go with each text, nothing is stored there, so that no name can be overwritten
 * and no voice be lost; CrispASR gets recordings by upload (crisp-voices.ts).
 */
import { PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type {
  CallOptions,
  CreateVoiceRequest,
  EnrolmentClient,
  EnrolmentCounts,
  OnVoiceCall,
  SpokenSample,
  VoiceAtService,
} from '../engine.ts';
import { type CrispVoices, createCrispVoices } from './crisp-voices.ts';
import { failureOf, readServerRefusal } from './failures.ts';
import { ask } from './http.ts';
import { type OpenAiSpeechOptions, ownServer } from './options.ts';
import { NATIVE_RATE_HZ, VOICES_PATH } from './protocol.ts';
import type { SampleProof } from './sample-proof.ts';
import type { IdentityWatch } from './server-identity.ts';
import { sampleVoiceId } from './voice-id.ts';

/** The client, and what only this engine needs of it. */
export interface OwnVoices extends EnrolmentClient {
  crisp: CrispVoices;
}

/** Makes the client. Sends nothing. No call costs money; after any failure it may simply be tried again. */
export function createOwnVoices(
  options: OpenAiSpeechOptions,
  { proof, identity }: { proof: SampleProof; identity: IdentityWatch },
): OwnVoices {
  const server = ownServer(options);
  const counts: EnrolmentCounts = { enroll: 0, list: 0, delete: 0 };

  async function listAll({
    signal,
    onCall,
  }: CallOptions = {}): Promise<{ voices: VoiceAtService[]; simulated: boolean }> {
    counts.list += 1;
    onCall?.('list');
    const answer = await ask(server, { path: VOICES_PATH, timeoutMs: options.askTimeoutMs ?? 10_000, signal });
    const { status, headers, text, simulated } = answer;
    // OpenAI itself has no list of voices.
    if (status === 404) return { voices: [], simulated };
    if (status !== 200) throw failureOf(readServerRefusal(status, headers, text), { server });
    return { voices: voicesOf(text), simulated };
  }

  const crisp = createCrispVoices(options, async (callOptions) =>
    (await listAll(callOptions)).voices.map(({ voiceId }) => voiceId),
  );

  return {
    crisp,
    async create(request, callOptions = {}) {
      const { signal, onCall, onCreate } = callOptions;
      const sample = sampleOf(request, options);
      await onCreate?.();
      if (options.profile === 'crispasr') {
        await identity.before(request.model, signal);
        const count: OnVoiceCall = (kind) => {
          if (kind === 'enroll') counts.enroll += 1;
          onCall?.(kind);
        };
        const voiceId = await crisp.upload(sample, { signal, onCall: count });
        return { voiceId, simulated: options.simulated ?? false };
      }
      counts.enroll += 1;
      onCall?.('enroll');
      await identity.before(request.model, signal);
      await proof.ensure({ model: request.model, sample, sampleRateHz: NATIVE_RATE_HZ, signal });
      return { voiceId: sampleVoiceId(sample), simulated: options.simulated ?? false };
    },
    async list({ pageSize, pageIndex }, options) {
      const { voices, simulated } = await listAll(options);
      return { voices: voices.slice(pageIndex * pageSize, (pageIndex + 1) * pageSize), simulated };
    },
    listAll: async (options) => (await listAll(options)).voices,
    // A voice is its sample: to make it again costs nothing, and gives the same one.
    findByName: async () => undefined,
    async delete(voiceId, callOptions = {}) {
      counts.delete += 1;
      if (options.profile === 'crispasr') return crisp.remove(voiceId, callOptions);
      callOptions.onCall?.('delete');
      throw new PipelineError({
        code: 'voice-not-found',
        message: `"${voiceId}" is not stored at the server: a sample goes with each text, so there is nothing to delete.`,
        retry: 'never',
      });
    },
    counts: () => ({ ...counts }),
  };
}

function sampleOf({ audio, transcript }: CreateVoiceRequest, { profile }: OpenAiSpeechOptions): SpokenSample {
  if (profile === 'openai-strict') throw cannotClone();
  if ('url' in audio) {
    throw new PipelineError({
      code: 'sample-refused',
      message: 'The sample must be a file: it is sent to the server.',
      retry: 'never',
    });
  }
  return { ...audio, ...(transcript !== undefined && { transcript }) };
}

/** The failure of a sample for a server that takes none. */
function cannotClone(): PipelineError {
  return new PipelineError({
    code: 'sample-refused',
    message:
      'A server of the profile openai-strict takes no recordings: OpenAI documents no way to send one. Make the voice there, and ' +
      'write "voice: NAME" (or its ID) instead of "sample:" in the manifest; or use vLLM-Omni or CrispASR. Nothing was sent.',
    retry: 'never',
  });
}

/** Names, or objects with a name, by server. */
function voicesOf(text: string): VoiceAtService[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw protocolViolation(`a list of voices of ${text.length} characters that is not JSON`);
  }
  const rows = typeof body === 'object' && body !== null && 'voices' in body ? body.voices : undefined;
  if (!Array.isArray(rows)) throw protocolViolation('a response without a list of voices');
  return rows.flatMap((row: unknown) => {
    const name = typeof row === 'object' && row !== null && 'name' in row ? row.name : row;
    return typeof name === 'string' ? [{ voiceId: name, model: '', createdAt: '' }] : [];
  });
}
