/** `doctor`: whether one's own server answers, which models it has, and whether it uses a sample. */
import type { Config } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import { createOpenAiSpeechEngine } from '../../speech/openai-speech/engine.ts';
import { hostOf } from '../../speech/openai-speech/http.ts';
import { madeUpVoice } from '../../speech/openai-speech/made-up-voice.ts';
import { type OpenAiSpeechOptions, ownServer } from '../../speech/openai-speech/options.ts';
import { identify, type ServerIdentity } from '../../speech/openai-speech/server-identity.ts';
import type { Finding } from './finding.ts';

/** Longest wait for a short question, and for a short text to be spoken, in milliseconds. */
const ASK_MS = 5_000;
const SPEAK_MS = 60_000;
/** The words that the made-up voice is said to say. */
const WORDS = 'These are the words of the sample.';
const WHAT = 'own server';

/**
 * One finding on the server at `PIPELINE_SPEECH_URL`; undefined when none is set. A server that clones from samples speaks a
 * short text once to three times, which costs its own time only.
 */
export async function ownServerCheck({ ownServer: settings }: Config): Promise<Finding | undefined> {
  const { url, key: apiKey, profile, acceptUnproven, consent, marking } = settings;
  if (url === undefined) return undefined;
  const options: OpenAiSpeechOptions = {
    ...{ url, apiKey, profile, acceptUnproven, consent, marking },
    ...{ askTimeoutMs: ASK_MS, answerTimeoutMs: SPEAK_MS, loadingLimitMs: 0 },
  };
  try {
    const server = ownServer(options);
    const identity = await identify(server, { timeoutMs: ASK_MS });
    const found = `${hostOf(server)} ${identity.simulated ? 'is the simulator' : 'answers'}, profile ${profile}, ${modelsOf(identity)}`;
    if (identity.loading) return { what: WHAT, state: 'warn', found, fix: 'It is loading its model: ask again later.' };
    return profile === 'vllm-omni' ? await probe(options, identity, found) : await listed(options, found);
  } catch (error) {
    return failed(error, 'The server cannot be used');
  }
}

/** Whether a sample changes the voice, with the first model: a server of this kind has one. */
async function probe(options: OpenAiSpeechOptions, { models }: ServerIdentity, found: string): Promise<Finding> {
  const model = models?.[0]?.id;
  if (model === undefined)
    return {
      what: WHAT,
      state: 'warn',
      found,
      fix: 'Load a Base checkpoint of Qwen3-TTS, or set PIPELINE_SPEECH_PROFILE.',
    };
  const { enrolment, speaker } = createOpenAiSpeechEngine(options);
  const audio = { bytes: madeUpVoice(), mediaType: 'audio/wav' };
  try {
    await enrolment.create({ model, preferredName: 'doctor', audio, transcript: WORDS });
    return { what: WHAT, state: 'ok', found: `${found}; it uses the sample of a voice` };
  } catch (error) {
    return failed(error, found);
  } finally {
    await speaker.close();
  }
}

/** A server of another kind has voices of its own only. */
async function listed(options: OpenAiSpeechOptions, found: string): Promise<Finding> {
  const voices = await createOpenAiSpeechEngine(options).enrolment.listAll();
  const names = voices.map(({ voiceId }) => voiceId).join(', ');
  const fix = 'It takes no sample with a text: make the voice there, and write "voice: NAME" in the manifest.';
  return { what: WHAT, state: 'ok', found: `${found}; its voices: ${names || 'it lists none'}`, fix };
}

/** The messages of the engine say what to do. */
function failed(error: unknown, found: string): Finding {
  if (!(error instanceof PipelineError)) throw error;
  return { what: WHAT, state: 'warn', found, fix: error.message };
}

function modelsOf({ models, backend }: ServerIdentity): string {
  const ids = models?.map(({ id }) => id).join(', ') || (models === undefined ? 'it lists no models' : 'no model');
  return `model: ${ids}${backend === undefined ? '' : ` (${backend})`}`;
}
