/**
 * Speech by an installed `espeak-ng` program: one process for each text, so that equal texts sound the same. The program reads
 * voice variants from its data folder only; a temporary folder of links to that data has ours beside them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Synthesizer } from './espeak-engine.ts';
import type { SpeechRequest } from './espeak-worker.ts';

/** An espeak-ng that runs. */
export interface EspeakProgram {
  path: string;
  /** As it reports it, such as `1.51`. */
  version: string;
  /** Its folder `espeak-ng-data`. */
  dataDir: string;
}

/** Longest time for an answer to `--version`, and for one text, in milliseconds. */
const VERSION_MS = 5_000;
const SPEAK_MS = 60_000;
/** Length of the header before the samples: a program that writes to a pipe cannot tell the sizes in it. */
const WAV_HEADER_BYTES = 44;
const NAMES = ['espeak-ng', 'espeak-ng.exe'];

/** The first espeak-ng on a search path that runs; starts it once, about 10 ms. */
export function findEspeakProgram(pathEnv: string): EspeakProgram | undefined {
  for (const folder of pathEnv.split(delimiter)) {
    const path = NAMES.map((name) => join(folder, name)).find((file) => folder !== '' && existsSync(file));
    if (path === undefined) continue;
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: VERSION_MS });
    const told = /eSpeak NG[^:]*: *(\S+).*Data at: *(.+)/.exec(stdout ?? '');
    const [, version, dataDir] = told ?? [];
    if (version !== undefined && dataDir !== undefined && existsSync(dataDir.trim()))
      return { path, version, dataDir: dataDir.trim() };
  }
  return undefined;
}

/** A synthesizer that starts the program for each text, one at a time. Closing it removes its folder. */
export function programSynthesizer(program: EspeakProgram): Synthesizer {
  let last: Promise<unknown> = Promise.resolve();
  let folder: Promise<string> | undefined;
  const variants = new Set<string>();
  const closing = new AbortController();

  const speak = async (request: SpeechRequest, signal: AbortSignal): Promise<Int16Array> => {
    if (signal.aborted || closing.signal.aborted) return new Int16Array(0);
    folder ??= linkedData(program);
    const base = await folder;
    if (!variants.has(request.variantName)) {
      await writeFile(join(base, DATA, ...VARIANTS, request.variantName), request.variant);
      variants.add(request.variantName);
    }
    return samplesOf(await run(program, { base, request, signal: closing.signal }));
  };

  return {
    ask: (request, signal) => {
      const result = last.then(() => speak(request, signal));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      closing.abort();
      await last;
      const base = await folder?.catch(() => undefined);
      if (base !== undefined) await rm(base, { recursive: true, force: true });
    },
  };
}

const DATA = 'espeak-ng-data';
const VARIANTS = ['voices', '!v'];

/** A folder with the program's data, and one of its own for variants. */
async function linkedData({ dataDir }: EspeakProgram): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), 'narration-espeak-'));
  await mkdir(join(base, DATA, ...VARIANTS), { recursive: true });
  await linkAll(dataDir, join(base, DATA), 'voices');
  await linkAll(join(dataDir, 'voices'), join(base, DATA, 'voices'), '!v');
  return base;
}

async function linkAll(from: string, to: string, without: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true }).catch(() => [])) {
    if (entry.name === without) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Windows lets everybody link folders, and not files.
    await symlink(source, target, 'junction').catch(() => copyFile(source, target));
  }
}

/** What the program writes: a WAV file. */
function run(
  program: EspeakProgram,
  { base, request, signal }: { base: string; request: SpeechRequest; signal: AbortSignal },
): Promise<Buffer> {
  const voice = `${request.voice}+${request.variantName}`;
  const args = [`--path=${base}`, '-v', voice, '-s', String(request.wordsPerMinute), '-b', '1', '--stdin', '--stdout'];
  return new Promise((resolve, reject) => {
    const child = spawn(program.path, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: SPEAK_MS, signal });
    const parts: Buffer[] = [];
    let problem = '';
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => {
      problem = `${problem}${part}`.slice(0, 500);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(parts));
      else reject(new Error(`espeak-ng failed: ${problem.trim() || `exit code ${code}`}`));
    });
    // A program that ends early is reported by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(request.text);
  });
}

/** Of a text without a word it writes nothing. */
function samplesOf(wav: Buffer): Int16Array {
  const sound = wav.subarray(WAV_HEADER_BYTES);
  const samples = new Int16Array(sound.length >> 1);
  for (let index = 0; index < samples.length; index++) samples[index] = sound.readInt16LE(index * 2);
  return samples;
}
