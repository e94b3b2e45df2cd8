/** The engine of one's own server: any with `POST /v1/audio/speech`, first vLLM-Omni with a Base model of Qwen3-TTS. */
import { PipelineError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { createOwnVoices } from './enrolment.ts';
import type { OpenAiSpeechOptions } from './options.ts';
import { createPaceWatch } from './pace-watch.ts';
import { createSampleProof } from './sample-proof.ts';
import { createIdentityWatch } from './server-identity.ts';
import { createOwnSpeaker } from './speaker.ts';
import { createSpeechCaller } from './speech-call.ts';

/** Makes the engine. Sends nothing. Throws `service-unreachable` for an address that is not an HTTP URL. */
export function createOpenAiSpeechEngine(options: OpenAiSpeechOptions): Engine {
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol)) {
    throw new PipelineError({
      code: 'service-unreachable',
      message: 'PIPELINE_SPEECH_URL is not an HTTP URL. Set it to one such as http://host:8000/v1.',
      retry: 'never',
    });
  }
  const caller = createSpeechCaller(options);
  const identity = createIdentityWatch(options);
  const { acceptUnproven = false } = options;
  const proof = createSampleProof(caller, { acceptUnproven });
  const pace = createPaceWatch(caller, { acceptUnproven });
  const enrolment = createOwnVoices(options, { proof, identity });
  return {
    name: 'openai-speech',
    enrolment,
    speaker: createOwnSpeaker(options, { caller, proof, pace, identity, crisp: enrolment.crisp }),
  };
}
