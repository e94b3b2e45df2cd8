/**
 * Voices of CrispASR, which clones from recordings in a folder of its own and takes them by upload.
 *
 * A recording is named by what is in it, so a name always means the same voice: nothing is ever overwritten, and an upload
 * whose answer was lost is simply found.
 */
import { PipelineError } from '../../errors.ts';
import type { CallOptions, SpokenSample } from '../engine.ts';
import { failureOf, readServerRefusal, unfit } from './failures.ts';
import { ask, hostOf } from './http.ts';
import { type OpenAiSpeechOptions, ownServer } from './options.ts';
import { CRISP_VOICES_PATH } from './protocol.ts';
import { sampleVoiceId } from './voice-id.ts';

/** Recordings at one server. */
export interface CrispVoices {
  /** Uploads a recording unless it is there; answers its name. Rejects with `sample-refused` or `service-refused`. */
  upload(sample: SpokenSample, options?: CallOptions): Promise<string>;
  /** Rejects with `voice-not-found` when the recording of this name is not there; asks once in this process. */
  ensure(name: string, signal: AbortSignal | undefined): Promise<void>;
  /** Deletes a recording. Rejects with `voice-not-found`. */
  remove(name: string, options?: CallOptions): Promise<{ simulated: boolean }>;
}

/** Makes a client. Sends nothing. `list` gives the names of all voices of the server. */
export function createCrispVoices(
  options: OpenAiSpeechOptions,
  list: (options: CallOptions) => Promise<readonly string[]>,
): CrispVoices {
  const server = ownServer(options);
  const there = new Set<string>();
  const timeoutMs = options.askTimeoutMs ?? 60_000;

  async function send(sample: SpokenSample, name: string, signal: AbortSignal | undefined): Promise<void> {
    const form = new FormData();
    form.set('voice', new Blob([new Uint8Array(sample.bytes)], { type: sample.mediaType }), `${name}.wav`);
    form.set('name', name);
    form.set('consent_attestation', options.consent ?? '');
    if (sample.transcript !== undefined) form.set('transcript', sample.transcript);
    const { status, headers, text } = await ask(server, { path: CRISP_VOICES_PATH, form, timeoutMs, signal });
    // 409: another process was faster, with the same recording.
    if (status === 200 || status === 201 || status === 409) return;
    if (status === 404 || status === 405 || status === 501)
      throw unfit(
        `The server at ${hostOf(server)} takes no recordings (HTTP ${status}). Start it with --voice-dir; or put the recording into that folder as NAME.wav, its words as NAME.txt, and write "voice: NAME" instead of "sample:" in the manifest.`,
      );
    throw failureOf(readServerRefusal(status, headers, text), { server });
  }

  return {
    async upload(sample, callOptions = {}) {
      if (options.consent === undefined) throw noConsent();
      if (!/wav/i.test(sample.mediaType)) throw notWav();
      const name = sampleVoiceId(sample);
      if (!(await list(callOptions)).includes(name)) {
        callOptions.onCall?.('enroll');
        await send(sample, name, callOptions.signal);
      }
      there.add(name);
      return name;
    },
    async ensure(name, signal) {
      if (there.has(name)) return;
      if (!(await list({ signal })).includes(name)) throw gone(name, hostOf(server));
      there.add(name);
    },
    async remove(name, { signal, onCall } = {}) {
      onCall?.('delete');
      there.delete(name);
      const path = `${CRISP_VOICES_PATH}/${encodeURIComponent(name)}`;
      const { status, headers, text, simulated } = await ask(server, { path, method: 'DELETE', timeoutMs, signal });
      if (status === 404) throw gone(name, hostOf(server));
      if (status !== 200 && status !== 204) throw failureOf(readServerRefusal(status, headers, text), { server });
      return { simulated };
    },
  };
}

function noConsent(): PipelineError {
  return unfit(
    'CrispASR clones no recording without a consent. State it in PIPELINE_SPEECH_CONSENT, such as "Recorded with the speaker\'s written consent". Nothing was sent.',
  );
}

function notWav(): PipelineError {
  return new PipelineError({
    code: 'sample-refused',
    message: 'CrispASR takes recordings as WAV only. Save the sample as WAV (16 bit). Nothing was sent.',
    retry: 'never',
  });
}

function gone(name: string, host: string): PipelineError {
  return new PipelineError({
    code: 'voice-not-found',
    message: `The server at ${host} has no voice "${name}".`,
    retry: 'never',
  });
}
