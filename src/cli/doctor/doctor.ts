/** `pipeline doctor`: checks that this machine has what a run needs; one line for each, with the fix. */
import { findFfmpeg, NEEDED_ENCODERS } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { FOR_WORDS } from '../../composition/service.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { pad } from '../screen/text-width.ts';
import { wrap } from '../screen/wrap.ts';
import type { Finding } from './finding.ts';
import { modelsCheck } from './models-check.ts';
import { notifyChecks } from './notify-check.ts';
import { ownServerCheck } from './own-server-check.ts';

/** Least version of Node, as package.json's `engines` says. */
const LEAST_NODE = [20, 19] as const;
/** Longest wait for any answer of the service, in milliseconds. */
const REACH_MS = 5_000;
/** Small requests to the store; the quickest answer shows how far away it is. */
const STORE_QUESTIONS = 5;
/** A digest that no blob has. */
const NO_BLOB = '0'.repeat(64);

/** Flags of `doctor`. */
export interface DoctorFlags extends Flags {
  json?: boolean;
  /** Send a test message to people. */
  notify?: boolean;
}

/** Exit code 0 when a simulated run works here, 3 when something it needs is missing. */
export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const findings: Finding[] = [];
  for (const check of [node, ffmpeg, queue, store, simulator, key, service, modelsCheck, ownServerCheck]) {
    const finding = await check(config);
    if (finding === undefined) continue;
    findings.push(finding);
    if (!flags.json) print(finding, terminal);
  }
  for (const finding of flags.notify ? await notifyChecks() : []) {
    findings.push(finding);
    if (!flags.json) print(finding, terminal);
  }
  const ok = findings.every((finding) => finding.state !== 'fail');
  if (flags.json) terminal.raw(JSON.stringify({ type: 'doctor', ok, findings }));
  else terminal.out(ok ? 'A run with --simulate works here.' : 'Fix what is marked ✗ first.');
  return ok ? EXIT.ok : EXIT.unavailable;
}

function print({ what, state, found, fix }: Finding, { out, paint, columns }: Terminal): void {
  const mark = { ok: paint('green', '✓'), warn: paint('yellow', '!'), fail: paint('red', '✗') }[state];
  const hang = 2 + 10 + 1;
  const lines = [found, ...(fix === undefined ? [] : [`→ ${fix}`])].flatMap((text) =>
    wrap(text, columns - hang, text.startsWith('→') ? 2 : 0),
  );
  for (const [index, line] of lines.entries())
    out(index === 0 ? `${mark} ${pad(what, 10)} ${line}` : ' '.repeat(hang) + line);
}

async function node(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const found = `Node ${process.versions.node}`;
  return fits
    ? { what: 'node', state: 'ok', found }
    : { what: 'node', state: 'fail', found, fix: `Install Node ${LEAST_NODE.join('.')} or newer.` };
}

async function ffmpeg(config: Config): Promise<Finding> {
  return finding('ffmpeg', async () => {
    const { path, version, from } = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
    return `ffmpeg ${version} with ${NEEDED_ENCODERS.join(' and ')}, ${path} (from ${from})`;
  });
}

async function queue(config: Config): Promise<Finding> {
  const dangers: string[] = [];
  const found = await finding('queue', async () => {
    const { openQueue } = await import('../../queue/redis/connection.ts');
    // The only notice of an embedded queue is about its slow first start.
    const notice = config.redisUrl === undefined ? undefined : (message: string) => dangers.push(message);
    const opened = await openQueue({ redisUrl: config.redisUrl, cacheDir: config.cacheDir, notice });
    await opened.close();
    return opened.describe;
  });
  return dangers.length === 0 ? found : { ...found, state: 'warn', fix: dangers.join(' ') };
}

async function store(config: Config): Promise<Finding> {
  try {
    const times: number[] = [];
    const opened = await openConfiguredStore(config, { observe: ({ seconds }) => times.push(seconds) });
    const probe = await opened.createBlob();
    await probe.write(Buffer.from('is this writable?'));
    await probe.discard();
    for (let question = 0; question < STORE_QUESTIONS; question++) await opened.blobSize(NO_BLOB);
    const quickest = Math.min(...times) * 1000;
    const found = `${opened.location} is writable and answers in ${quickest.toFixed(1)} ms`;
    if (opened.supportsConditionalWrites) return { what: 'store', state: 'ok', found };
    return {
      what: 'store',
      state: config.redisUrl === undefined ? 'fail' : 'warn',
      found: `${found}, but its server does not support conditional writes`,
      fix: 'Without them, two runs can disturb each other. Set REDIS_URL, or use a server that supports them (docs/reference/store.md).',
    };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { what: 'store', state: 'fail', found: error.message };
  }
}

async function simulator({ pathEnv }: Config): Promise<Finding> {
  const { openVoiceEngine } = await import('../../simulator/open-voice-engine.ts');
  const engine = openVoiceEngine('auto', { pathEnv });
  await engine.close();
  if (engine.name === 'speech') return { what: 'simulator', state: 'ok', found: 'makes speech' };
  return { what: 'simulator', state: 'warn', found: 'makes tones only', fix: FOR_WORDS };
}

async function key(config: Config): Promise<Finding> {
  return config.apiKey === undefined
    ? {
        what: 'key',
        state: 'warn',
        found: 'DASHSCOPE_API_KEY is not set',
        fix: 'For real voices, set it. Without it, use --simulate.',
      }
    : { what: 'key', state: 'ok', found: `DASHSCOPE_API_KEY is set (${config.apiKey.length} characters)` };
}

/** Any answer will do; no key is sent. */
async function service({ httpBaseUrl }: Config): Promise<Finding> {
  try {
    const answer = await fetch(httpBaseUrl, { signal: AbortSignal.timeout(REACH_MS), redirect: 'manual' });
    await answer.body?.cancel();
    return { what: 'service', state: 'ok', found: `${httpBaseUrl} answers` };
  } catch {
    return {
      what: 'service',
      state: 'warn',
      found: `${httpBaseUrl} does not answer`,
      fix: 'Check the network, the proxy and DASHSCOPE_HTTP_BASE_URL. Runs with --simulate do not need the service.',
    };
  }
}

async function finding(what: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'ok', found: await check() };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { what, state: 'fail', found: error.message };
  }
}
