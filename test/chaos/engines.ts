/** The engines that the suite can speak with: what a manifest says, where the program finds them, how a session begins. */
import type { EngineName } from '../../src/models/model.ts';

/** What differs from engine to engine. */
export interface ChaosEngine {
  /** Lines of a manifest. */
  manifest: string;
  /** Variables of a process, for the simulator at a port of this machine. */
  env(port: number): NodeJS.ProcessEnv;
  /** File of the simulator's state with the voices that it has; undefined where it keeps none. */
  voicesFile: string | undefined;
  /** Whether its speech has a price by the character (prices.ts), so that every sum is exact. */
  billsCharacters: boolean;
}

const dashscope = (port: number): NodeJS.ProcessEnv => ({
  DASHSCOPE_API_KEY: 'chaos',
  DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:${port}/api/v1`,
  DASHSCOPE_REALTIME_URL: `ws://127.0.0.1:${port}/api-ws/v1/realtime`,
});

/** By name. */
export const ENGINES: Readonly<Record<EngineName, ChaosEngine>> = {
  'dashscope-realtime': {
    manifest: 'model: qwen-tts-vc-realtime-2025-08-20',
    env: dashscope,
    voicesFile: 'voices.json',
    billsCharacters: true,
  },
  'dashscope-inference': {
    manifest: 'model: qwen-audio-3.1-tts-flash',
    env: (port) => ({ ...dashscope(port), DASHSCOPE_INFERENCE_URL: `ws://127.0.0.1:${port}/api-ws/v1/inference` }),
    voicesFile: 'inference-voices.json',
    billsCharacters: false,
  },
  'openai-speech': {
    manifest: 'engine: openai-speech\nmodel: Qwen/Qwen3-TTS-12Hz-1.7B-Base',
    env: (port) => ({ PIPELINE_SPEECH_URL: `http://127.0.0.1:${port}/v1` }),
    voicesFile: undefined,
    billsCharacters: true,
  },
};

/** How a session begins on the wire: the handshake of a socket, or a call that speaks a text. */
export const SESSIONS = ['GET /api-ws/', 'POST /v1/audio/speech'].map((text) => Buffer.from(text));

/** An engine with its name. */
export type NamedEngine = ChaosEngine & { name: EngineName };

/** The engine of this name. Throws for another. */
export function engineOf(name: string): NamedEngine {
  if (!Object.hasOwn(ENGINES, name))
    throw new Error(`No engine is called ${name}. There are: ${Object.keys(ENGINES).join(', ')}.`);
  return { ...ENGINES[name as EngineName], name: name as EngineName };
}
