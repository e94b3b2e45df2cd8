/** Which service answers: the real one, or a simulator started inside this process. */
import { join } from 'node:path';
import { type Account, accountOf } from '../../account.ts';
import type { Ffmpeg } from '../../audio/ffmpeg-binary.ts';
import type { Config } from '../../config.ts';
import { PipelineError } from '../../errors.ts';
import { type CallKey, temporaryKeys } from '../../speech/dashscope/api-key.ts';

/** Addresses and key of the service that answers. */
export interface Service {
  apiKey: string;
  httpBaseUrl: string;
  realtimeUrl: string;
  /** Temporary keys, where they were asked for. */
  callKey?: CallKey;
  /** Stops the simulator, if there is one. */
  close(): Promise<void>;
}

/**
 * What stands for the account of the simulator inside the process. Its port changes with every run and its voices are
 * kept beside the store, so the account is the same each time.
 */
export const SIMULATED_SERVICE = {
  apiKey: 'simulated',
  httpBaseUrl: 'http://127.0.0.1/api/v1',
  realtimeUrl: 'ws://127.0.0.1/api-ws/v1/realtime',
} as const;

/** The account of a run; throws `key-missing`, which names both ways on. */
export function accountFor(config: Config): Account {
  return accountOf(config.simulate ? SIMULATED_SERVICE : { ...config, apiKey: keyOf(config) });
}

/** The account as far as a command must know it that sends nothing; without a key it is one that has no voices. */
export function accountToLookAt(config: Config): Account {
  return accountOf(config.simulate ? SIMULATED_SERVICE : { ...config, apiKey: config.apiKey ?? '' });
}

/** Opens the service of a run. With `--simulate` this starts the simulator; `notice` hears when it can only make tones. */
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
    const { httpBaseUrl, realtimeUrl, temporaryKeySeconds: lifetimeSeconds } = config;
    const apiKey = keyOf(config);
    return {
      apiKey,
      httpBaseUrl,
      realtimeUrl,
      ...(lifetimeSeconds === undefined ? {} : { callKey: temporaryKeys({ httpBaseUrl, apiKey, lifetimeSeconds }) }),
      close: async () => undefined,
    };
  }
  const [{ startSimulator }, { sampleDecoder }] = await Promise.all([
    import('../../simulator/server.ts'),
    import('./sample-decoder.ts'),
  ]);
  const simulator = await startSimulator({
    stateDir: join(config.storeDir, 'simulator'),
    decodeSample: sampleDecoder(ffmpeg),
    // A manifest may name a voice that was enrolled at the real service; here any such voice can speak.
    behaviour: { adoptVoices: true },
  });
  if (simulator.engine === 'tones') notice(TONES_ONLY);
  return {
    apiKey: SIMULATED_SERVICE.apiKey,
    httpBaseUrl: simulator.httpBaseUrl,
    realtimeUrl: simulator.realtimeUrl,
    close: () => simulator.close(),
  };
}

/** Said when the simulator can not speak. */
export const TONES_ONLY =
  'The simulated voices are tones: the package @echogarden/espeak-ng-emscripten is not installed (npm install, without --omit=dev, brings it).';

function keyOf({ apiKey }: Config): string {
  if (apiKey !== undefined) return apiKey;
  throw new PipelineError({
    code: 'key-missing',
    message:
      'There is no API key, so nothing was sent. Either set DASHSCOPE_API_KEY (Alibaba Cloud Model Studio, "API-KEY"), ' +
      'or add --simulate to try everything with simulated voices at no cost.',
    retry: 'never',
  });
}
