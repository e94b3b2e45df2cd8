/** `pipeline simulate`: runs the simulator by itself, until it is interrupted. */
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { sampleDecoder } from '../../composition/sample-decoder.ts';
import { TONES_ONLY } from '../../composition/service.ts';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { parseFault, readSettings, type SettingsPatch } from '../../simulator/parse-settings.ts';
import { startSimulator } from '../../simulator/server.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openTerminal } from '../screen/terminal.ts';

/** Flags of `simulate`. */
export interface SimulateFlags {
  port: number;
  state?: string;
  tones?: boolean;
  firstAudioMs: number;
  timesRealtime: number;
  apiKey?: string[];
  fault?: string[];
  limit?: string[];
  speed?: string[];
  behaviour?: string[];
  inference?: string[];
  openaiSpeech?: string[];
  seed: number;
  json?: boolean;
}

/** Prints one line with both URLs when it is ready (with `--json` as an object), and runs until Ctrl-C or SIGTERM; then ends with 0. */
export async function simulateCommand(flags: SimulateFlags): Promise<number> {
  const terminal = openTerminal();
  const patch = settingsPatchOf(flags);
  const config = readConfig({});
  // Without ffmpeg, only WAV samples are checked by their sound; the simulator starts all the same.
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv }).catch(() => undefined);
  const simulator = await startSimulator({
    port: flags.port,
    stateDir: flags.state,
    speechCacheDir: config.simulatorCacheDir,
    pathEnv: config.pathEnv,
    voiceEngine: flags.tones ? 'tones' : 'auto',
    speed: { firstAudioMs: flags.firstAudioMs, timesRealtime: flags.timesRealtime, ...patch.speed },
    limits: patch.limits ?? {},
    behaviour: patch.behaviour ?? {},
    inference: patch.inference ?? {},
    openaiSpeech: patch.openaiSpeech ?? {},
    faults: patch.faults ?? [],
    seed: flags.seed,
    apiKeys: flags.apiKey,
    decodeSample: ffmpeg === undefined ? undefined : sampleDecoder(ffmpeg),
  });
  if (simulator.engine === 'tones' && !flags.tones) terminal.err(TONES_ONLY);
  const { httpBaseUrl, realtimeUrl } = simulator;
  if (flags.json) terminal.raw(JSON.stringify({ type: 'simulator', httpBaseUrl, realtimeUrl }));
  else terminal.out(`Simulator ready: DASHSCOPE_HTTP_BASE_URL=${httpBaseUrl} DASHSCOPE_REALTIME_URL=${realtimeUrl}`);
  const interrupt = onInterrupt(() => undefined);
  await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve, { once: true }));
  interrupt.release();
  await simulator.close();
  return EXIT.ok;
}

/** Throws `ConfigError` for a mistyped setting: a simulator without the faults that a test asks for proves nothing. */
function settingsPatchOf(flags: SimulateFlags): SettingsPatch {
  const { fault = [], limit = [], speed = [], behaviour = [], inference = [], openaiSpeech = [] } = flags;
  const faults = fault.map((text) => orThrow('--fault', parseFault(text)));
  return {
    ...orThrow('--limit', readSettings('limits', limit)),
    ...orThrow('--speed', readSettings('speed', speed)),
    ...orThrow('--behaviour', readSettings('behaviour', behaviour)),
    ...orThrow('--inference', readSettings('inference', inference)),
    ...orThrow('--openai-speech', readSettings('openaiSpeech', openaiSpeech)),
    faults,
  };
}

function orThrow<T extends object>(flag: string, read: T | { problem: string }): T {
  if ('problem' in read) throw new ConfigError(`${flag}: ${read.problem}`);
  return read;
}
