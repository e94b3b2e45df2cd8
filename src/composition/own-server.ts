/** One's own server: the account of a book that it speaks, and its engine. */
import { join } from 'node:path';
import { type Account, ownAccount } from '../account.ts';
import type { Ffmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/values.ts';
import { describeError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Limits } from '../queue/limits/limits.ts';
import { joinEngines, type Speech } from '../speech/join-engines.ts';
import { createOpenAiSpeechEngine } from '../speech/openai-speech/engine.ts';
import { ownServer } from '../speech/openai-speech/options.ts';
import { identify } from '../speech/openai-speech/server-identity.ts';
import type { HearingService } from './hearing.ts';
import { accountFor, accountWithoutCalls, TONES_ONLY } from './service.ts';

/** Who speaks a book, and the configuration for it. */
export interface BookService {
  account: Account;
  /** With the number of calls at once that holds for it. */
  config: Config;
  /** What a person should know. */
  note?: string;
}

/** A plan must not take long because a server is away. */
const ASK_MS = 3_000;

/**
 * The account for a book. One's own server is asked whether it is our simulator. With `sends`, throws `key-missing`,
 * `ConfigError` without an address, and `service-unreachable`; otherwise counts on the real thing and says so in `note`.
 */
export async function serviceOfBook(
  config: Config,
  { engine, model }: Pick<Manifest, 'engine' | 'model'>,
  { sends }: { sends: boolean },
): Promise<BookService> {
  if (engine === undefined) return { account: sends ? accountFor(config) : accountWithoutCalls(config), config };
  return ownService(config, { model, sends });
}

/**
 * The account of a process that is not bound to one book, such as a worker: that of the own server if it alone is set up,
 * otherwise that of the service.
 */
export async function serviceOfProcess(config: Config, { sends }: { sends: boolean }): Promise<BookService> {
  if (isOwnOnly(config)) return ownService(config, { model: '', sends });
  return { account: sends ? accountFor(config) : accountWithoutCalls(config), config };
}

/** Whether one's own server is set up, and the service is not. */
export function isOwnOnly({ apiKey, simulate, ownServer: { url } }: Config): boolean {
  return url !== undefined && apiKey === undefined && !simulate;
}

/**
 * The account under which a book was submitted, if it is one of this process: its own server may be set up beside the service.
 * Otherwise as `serviceOfProcess`.
 */
export async function serviceOfSubmission(config: Config, account: string): Promise<BookService> {
  const { apiKey, simulate, ownServer: server } = config;
  if (server.url === undefined || simulate) return serviceOfProcess(config, { sends: true });
  const own = await ownService(config, { model: '', sends: apiKey === undefined });
  return own.account.id === account ? own : serviceOfProcess(config, { sends: true });
}

async function ownService(given: Config, { model, sends }: { model: string; sends: boolean }): Promise<BookService> {
  const { url, key, profile, callsAtOnce } = given.ownServer;
  const config = { ...given, sessionsAtOnce: callsAtOnce };
  // The simulator inside the process has one model; its port changes with every run.
  if (given.simulate) {
    return { account: ownAccount({ url: SIMULATED_URL, key: `model ${model}`, profile, simulated: true }), config };
  }
  if (url === undefined) {
    if (sends) throw new ConfigError(`${NO_URL} Nothing was sent.`);
    return { account: ownAccount({ url: SIMULATED_URL, profile, simulated: false }), config, note: NO_URL };
  }
  try {
    const { simulated } = await identify(ownServer({ url, apiKey: key, profile }), { timeoutMs: ASK_MS });
    return { account: ownAccount({ url, key, profile, simulated }), config };
  } catch (error) {
    if (sends) throw error;
    const note = `This counts on your own server and not on the simulator, because it could not be asked. ${describeError(error)}`;
    return { account: ownAccount({ url, key, profile, simulated: false }), config, note };
  }
}

const SIMULATED_URL = 'http://127.0.0.1/v1';
const NO_URL =
  'The manifest says "engine: openai-speech": your own server speaks. Set PIPELINE_SPEECH_URL to its address, such as http://host:8000/v1, or add --simulate.';

/** Opens the engine of one's own server, or of a simulator inside this process. Sends nothing. */
export async function openOwnSpeech({
  config,
  account,
  model,
  ffmpeg,
  limits,
  notice,
}: {
  config: Config;
  account: Account;
  /** The model of the book; a simulator inside the process has it loaded. */
  model: string | undefined;
  ffmpeg: Ffmpeg;
  limits: Pick<Limits, 'callLimiter' | 'sessionSlots'>;
  notice: (message: string) => void;
}): Promise<{ speech: Speech; hearing: HearingService | undefined; close(): Promise<void> }> {
  const { key, profile, acceptUnproven, consent, marking } = config.ownServer;
  const server = config.simulate ? await startServer({ config, model, ffmpeg, notice }) : undefined;
  const url = server?.url ?? config.ownServer.url;
  if (url === undefined) throw new ConfigError(`${NO_URL} Nothing was sent.`);
  const engine = () =>
    createOpenAiSpeechEngine({
      url,
      apiKey: key,
      profile,
      simulated: account.realm === 'local',
      acceptUnproven,
      consent,
      marking,
      maxCalls: config.sessionsAtOnce,
      slots: limits.sessionSlots,
      limiter: limits.callLimiter,
      idleTimeoutMs: config.stallSeconds * 1_000,
    });
  return {
    speech: joinEngines({ 'openai-speech': engine }, 'openai-speech'),
    hearing: server?.hearing ?? serviceBeside(config),
    close: async () => server?.close(),
  };
}

/** The service's recogniser can hear what one's own server speaks. */
function serviceBeside({ apiKey, inferenceHttpUrl }: Config): HearingService | undefined {
  return apiKey === undefined ? undefined : { httpBaseUrl: inferenceHttpUrl, apiKey };
}

async function startServer(of: {
  config: Config;
  model: string | undefined;
  ffmpeg: Ffmpeg;
  notice: (message: string) => void;
}): Promise<{ url: string; hearing: HearingService; close(): Promise<void> }> {
  const { config, model, ffmpeg, notice } = of;
  const [{ startSimulator }, { sampleDecoder }] = await Promise.all([
    import('../simulator/server.ts'),
    import('./sample-decoder.ts'),
  ]);
  const simulator = await startSimulator({
    stateDir: join(config.storeDir, 'simulator'),
    speechCacheDir: config.simulatorCacheDir,
    pathEnv: config.pathEnv,
    decodeSample: sampleDecoder(ffmpeg),
    openaiSpeech: { profile: config.ownServer.profile, ...(model !== undefined && { model }) },
  });
  if (simulator.engine === 'tones') notice(TONES_ONLY);
  const { openaiSpeechUrl: url, httpBaseUrl } = simulator;
  return { url, hearing: { httpBaseUrl, apiKey: 'simulated', ownUrl: url }, close: () => simulator.close() };
}
