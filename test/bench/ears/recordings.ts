/**
 * Recordings of people with their texts: Debian's prompts for Asterisk in five languages. They are downloaded into a cache
 * outside the project when the bench first runs.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parseWavHeader } from '../../../src/audio/pcm.ts';

/** A set of recordings: one speaker in one language, recorded in one chain. */
export interface RecordingSet {
  /** The language, which names the set. */
  name: string;
  /** The person; two sets may have the same. */
  speaker: string;
  recordings: Recording[];
}

/** One recording and what is said in it. */
export interface Recording {
  set: string;
  name: string;
  text: string;
  samples: Int16Array;
  sampleRateHz: number;
}

const SETS = [
  { name: 'en', speaker: 'Allison' },
  { name: 'es', speaker: 'Allison' },
  { name: 'fr', speaker: 'June' },
  { name: 'it', speaker: 'Carlo' },
  { name: 'ru', speaker: 'IvrvoiceRU' },
];
/** Where the packages are kept; `EARS_CORPUS` names another folder. */
export const CACHE =
  process.env.EARS_CORPUS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'narration-pipeline-ears');

/** All sets, each in the order of its names. Rejects when a package cannot be downloaded. */
export async function readRecordingSets(): Promise<RecordingSet[]> {
  await download(SETS.flatMap(({ name }) => [`asterisk-core-sounds-${name}`, `asterisk-core-sounds-${name}-wav`]));
  return Promise.all(SETS.map(async (set) => ({ ...set, recordings: await readSet(set.name) })));
}

const run = promisify(execFile);

/** Downloads Debian packages into the cache, unless they are there. */
export async function download(packages: readonly string[]): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const missing = packages.filter((name) => !existsSync(join(CACHE, name)));
  if (missing.length === 0) return;
  await run('apt-get', ['download', ...missing], { cwd: CACHE });
  for (const name of missing) {
    const file = (await readdir(CACHE)).find((one) => one.startsWith(`${name}_`))!;
    await run('dpkg', ['-x', file, name], { cwd: CACHE });
  }
}

async function readSet(name: string): Promise<Recording[]> {
  const texts = await readTexts(name);
  const sounds = join(CACHE, `asterisk-core-sounds-${name}-wav`, 'usr/share/asterisk/sounds');
  const root = join(sounds, (await readdir(sounds))[0]!);
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.wav')).sort();
  const recordings = await Promise.all(
    files.map(async (file) => {
      const text = texts.get(file.slice(0, -'.wav'.length));
      if (text === undefined) return [];
      const bytes = await readFile(join(root, file));
      const header = parseWavHeader(bytes);
      if (header === null || header === 'incomplete') throw new Error(`${file} is no WAV file.`);
      const end = header.dataOffset + ((bytes.length - header.dataOffset) & ~1);
      const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + header.dataOffset, bytes.byteOffset + end));
      return [{ set: name, name: file.slice(0, -'.wav'.length), text, samples, sampleRateHz: header.sampleRateHz }];
    }),
  );
  return recordings.flat();
}

/** The package's own list: `name: text`. Tones and silences, in brackets, have no words. */
async function readTexts(name: string): Promise<Map<string, string>> {
  const main = `asterisk-core-sounds-${name}`;
  const list = gunzipSync(await readFile(join(CACHE, main, 'usr/share/doc', main, `core-sounds-${name}.txt.gz`)));
  const texts = new Map<string, string>();
  for (const line of list.toString('utf8').split(/\r?\n/)) {
    const [, file, text] = /^([\w/.+-]+):\s*(.+)$/.exec(line) ?? [];
    if (file === undefined || text === undefined) continue;
    const words = text.replace(/[[(][^\])]*[\])]/g, '').trim();
    // An entry that has run into the next one, and a tone that is described instead of said.
    if (/\s[\w-]+-[\w-]+:\s/.test(words) || file.startsWith('beep')) continue;
    if (/\p{L}/u.test(words)) texts.set(file, words);
  }
  return texts;
}
