/** The account and the server that a run uses: the real service, or a simulator inside this process. */
import { join } from 'node:path';
import { type Account, accountOf } from '../account.ts';
import type { Ffmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import type { Config } from '../config/config.ts';
import { PipelineError } from '../errors.ts';
import { type CallKey, temporaryKeys } from '../speech/dashscope/api-key.ts';

/** URLs and key of the service. */
export interface Service {
  apiKey: string;
  httpBaseUrl: string;
  realtimeUrl: string;
  /** Socket of the successor family. */
  inferenceUrl: string;
  /** HTTP API of the successor family's voices. */
  inferenceHttpUrl: string;
  /** Of the simulator: where it stands for servers of one's own. */
  ownUrl?: string;
  /** Temporary keys, if they are wanted. */
  callKey?: CallKey;
  /** Stops the simulator, if there is one. */
  close(): Promise<void>;
}

/**
 * Account of the simulator inside the process. Its port changes with every run and its voices are stored beside the store, so
 * the account must not depend on the port.
 */
export const SIMULATED_SERVICE = {
  apiKey: 'simulated',
  httpBaseUrl: 'http://127.0.0.1/api/v1',
  realtimeUrl: 'ws://127.0.0.1/api-ws/v1/realtime',
} as const;

/** The account of a run; throws `key-missing`, which names both solutions. */
export function accountFor(config: Config): Account {
  return accountOf(config.simulate ? SIMULATED_SERVICE : { ...config, apiKey: keyOf(config) });
}

/** The account for a command that sends nothing; without a key, an account that has no voices. */
export function accountWithoutCalls(config: Config): Account {
  return accountOf(config.simulate ? SIMULATED_SERVICE : { ...config, apiKey: config.apiKey ?? '' });
}

/** Opens the service of a run. With `--simulate`, starts the simulator; calls `notice` when it can only make tones. */
export async function openService({
  config,
  ffmpeg,
  notice,
}: {
  config: Config;
  ffmpeg: Ffmpeg;
  notice: (message: string) => void;
}): Promise<Service> {
  if (!config.simulate) {
    const { httpBaseUrl, realtimeUrl, inferenceUrl, inferenceHttpUrl } = config;
    const { temporaryKeySeconds: lifetimeSeconds } = config;
    const apiKey = keyOf(config);
    return {
      apiKey,
      httpBaseUrl,
      realtimeUrl,
      inferenceUrl,
      inferenceHttpUrl,
      ...(lifetimeSeconds === undefined ? {} : { callKey: temporaryKeys({ httpBaseUrl, apiKey, lifetimeSeconds }) }),
      close: async () => undefined,
    };
  }
  const [{ startSimulator }, { sampleDecoder }] = await Promise.all([
    import('../simulator/server.ts'),
    import('./sample-decoder.ts'),
  ]);
  const simulator = await startSimulator({
    stateDir: join(config.storeDir, 'simulator'),
    speechCacheDir: config.simulatorCacheDir,
    pathEnv: config.pathEnv,
    decodeSample: sampleDecoder(ffmpeg),
    // A manifest may name a voice of the real service; any such voice can speak here.
    behaviour: { adoptVoices: true },
  });
  if (simulator.engine === 'tones') notice(TONES_ONLY);
  return {
    apiKey: SIMULATED_SERVICE.apiKey,
    httpBaseUrl: simulator.httpBaseUrl,
    realtimeUrl: simulator.realtimeUrl,
    inferenceUrl: simulator.inferenceUrl,
    inferenceHttpUrl: simulator.httpBaseUrl,
    ownUrl: simulator.openaiSpeechUrl,
    close: () => simulator.close(),
  };
}

/** What makes the simulator speak words on this system: a program can be found wherever this package is installed. */
const INSTALL_SPEECH =
  process.platform === 'win32'
    ? 'npm install @echogarden/espeak-ng-emscripten'
    : process.platform === 'darwin'
      ? 'brew install espeak-ng'
      : 'sudo apt install espeak-ng';

/** How to hear words. */
export const FOR_WORDS = `For words, install espeak-ng: ${INSTALL_SPEECH}`;

/** The notice when the simulator cannot speak. */
export const TONES_ONLY = `The simulated voices are tones. ${FOR_WORDS}`;

function keyOf({ apiKey }: Config): string {
  if (apiKey !== undefined) return apiKey;
  throw new PipelineError({
    code: 'key-missing',
    message:
      'There is no API key, so nothing was sent. Set DASHSCOPE_API_KEY (Alibaba Cloud Model Studio, "API-KEY"), ' +
      'or add --simulate to try everything with simulated voices at no cost.',
    retry: 'never',
  });
}
