/** Brings a short sound to a person: plays it, or writes it as WAV to a file or stdout. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wavHeader } from '../../audio/pcm.ts';
import { ConfigError } from '../../config/values.ts';
import { PipelineError, systemCode } from '../../errors.ts';
import { plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';
import { findPlayer, play } from './player.ts';

/** A sound to bring. */
export interface SoundToDeliver {
  /** s16 mono. */
  samples: Int16Array;
  sampleRateHz: number;
  /** What it is, and what else to know. */
  heading: string;
  notes: readonly string[];
  /** File name, where none is given. */
  name: string;
  /** A name that ends in .wav, or `-` for stdout. Absent: play it. */
  out: string | undefined;
  /** Write a file and print nothing. */
  json: boolean | undefined;
  /** The search path for players. */
  pathEnv: string;
  terminal: Terminal;
  signal: AbortSignal;
}

/** Throws `ConfigError` for a name that is no WAV: a mistyped one must not overwrite a text. */
export function requireWavName({ out, json }: { out?: string; json?: boolean }): void {
  if (out === undefined) return;
  if (out !== '-' && !/\.wav$/i.test(out))
    throw new ConfigError(`--out must be a name that ends in .wav, or - for stdout, not "${plain(out)}".`);
  if (out === '-' && json)
    throw new ConfigError('--out - and --json do not go together: both would write to stdout. Name a file.');
}

/**
 * Plays it on a terminal when a player is found; otherwise writes the file and says where it is. Returns the file's path, null
 * for stdout, and the length.
 */
export async function deliverSound(of: SoundToDeliver): Promise<{ file: string | null; seconds: number }> {
  const { samples, sampleRateHz, heading, notes, out, json, terminal, signal } = of;
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const wav = Buffer.concat([wavHeader({ sampleRateHz, dataBytes: bytes.length }), bytes]);
  const seconds = Math.round((samples.length / sampleRateHz) * 1000) / 1000;
  if (out === '-') {
    for (const text of [heading, ...notes]) terminal.err(text);
    await new Promise<void>((done) => void process.stdout.write(wav, () => done()));
    return { file: null, seconds };
  }
  const folder = out === undefined ? await mkdtemp(join(tmpdir(), 'pipeline-play-')) : undefined;
  const file = folder === undefined ? resolve(out ?? '') : join(folder, of.name);
  await writeFile(file, wav).catch((error: unknown) => {
    const message = `${file} cannot be written (${systemCode(error) ?? String(error)}). Give another name with --out.`;
    throw new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  });
  if (json) return { file, seconds };
  for (const text of [heading, ...notes]) terminal.out(text);
  const isWatched = folder !== undefined && process.stdout.isTTY === true;
  const player = isWatched ? await findPlayer(of.pathEnv) : undefined;
  const isHeard = player !== undefined && (await play(player, file, signal));
  // Nobody looks for a file that was only played.
  if (isHeard && folder !== undefined) await rm(folder, { recursive: true, force: true });
  else terminal.out(`Written: ${plain(file)}`);
  if (isWatched && player === undefined)
    terminal.out('To hear it at once, install ffplay (part of ffmpeg), or open the file in a player.');
  return { file, seconds };
}
