/** `pipeline say`: a name or a sentence in the voice of a character. The words of a line are that line's take. */

import { ConfigError } from '../../config/values.ts';
import { PipelineError } from '../../errors.ts';
import type { OpenedBook } from '../../library/opened-book.ts';
import { nearestName } from '../../manifest/diagnostics/nearest.ts';
import { modelOf } from '../../models.ts';
import { type BookLine, isPickup, sayStep } from '../../plan/book-lines.ts';
import type { SynthesizeStep } from '../../plan/step.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { findTakes, type TakeRecord } from '../../store/takes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { deliverSound, requireWavName } from '../play/deliver-sound.ts';
import { requireSpeakable } from '../retake/retake.ts';
import { type SpokenSegments, speakSegments } from '../retake/speak-segments.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';

/** Flags of `say`. */
export interface SayFlags extends BookFlags {
  yes?: boolean;
}

/** Exit code 0; 1 when it could not be spoken, 2 when nobody has that name, 4 when it costs more than the budget. */
export async function sayCommand(manifest: string, character: string, words: string, flags: SayFlags): Promise<number> {
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => terminal.err('Stopping: a take in progress has a moment to finish.'));
  const { signal } = interrupt;
  try {
    requireWavName(flags);
    const { out, ...others } = flags;
    const opened = await openBook({ manifest, flags: others, terminal, signal }, { sends: true });
    if (opened === undefined) return EXIT.wrongInput;
    const text = words.trim().replace(/\s+/gu, ' ');
    const { steps, line } = stepsOf(opened, characterNamed(opened, character), text);
    const missing = await missingSteps(opened, steps);
    // Messages must not be part of a sound on stdout.
    const quiet = { ...flags, json: flags.json === true || out === '-' };
    const what = `“${shorten(wordsInQuotes(plain(text)), 40)}”`;
    const outcome = await speakSegments({ opened, segments: missing, what, flags: quiet, terminal, signal });
    if (outcome.spoken === undefined) {
      terminal.err('Nothing was sent.');
      return EXIT.ok;
    }
    const records = await recordsOf(opened, steps);
    for (const { message } of outcome.spoken.failures.values()) terminal.err(plain(message));
    if (records.length < steps.length) return EXIT.incomplete;
    const [first] = steps;
    const delivered = await deliverSound({
      samples: await joined(opened, records),
      sampleRateHz: first!.sampleRateHz,
      heading: `${plain(first!.character)}: ${what}${line === undefined ? '' : ` (line ${line.number} of the book)`}`,
      notes: [],
      name: 'say.wav',
      ...{ out, json: flags.json, pathEnv: opened.config.pathEnv, terminal, signal },
    });
    if (flags.json)
      terminal.raw(JSON.stringify({ type: 'say', ...facts(outcome), ...spokenWords(steps, line, text), ...delivered }));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'interrupted') return EXIT.interrupted;
    throw error;
  } finally {
    interrupt.release();
  }
}

function facts({ planned, cost, spoken }: SpokenSegments) {
  return { planned: planned.cost, cost, calls: spoken?.calls ?? null, simulated: spoken?.simulated ?? null };
}

function spokenWords([first]: readonly SynthesizeStep[], line: BookLine | undefined, text: string) {
  return { character: first?.character ?? null, text, line: line?.number ?? null };
}

/** The character with that name or alias, in any case. */
function characterNamed({ book }: OpenedBook, name: string): string {
  const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
  const { characters } = book.manifest;
  const found = characters.find((one) => [one.name, ...one.aliases].some((known) => folded(known) === folded(name)));
  if (found !== undefined) return found.name;
  const near = nearestName(
    name,
    characters.map((one) => one.name),
  );
  const hint = near === undefined ? '' : ` Did you mean ${plain(near)}?`;
  const names = characters.map((one) => plain(one.name)).join(', ');
  throw new ConfigError(`Nobody in the book is called "${plain(name)}".${hint} Characters: ${names}.`);
}

/** The segments to speak: those of the line with exactly these words, or one of their own. */
function stepsOf(
  { lines, book, account }: OpenedBook,
  character: string,
  text: string,
): { steps: SynthesizeStep[]; line?: BookLine } {
  const own = lines.filter((line) => line.character === character && !isPickup(line));
  const line = own.find(
    ({ words, segments }) => words === text || segments.map((step) => step.text).join(' ') === text,
  );
  if (line !== undefined) return { steps: line.segments, line };
  const like = own[0]?.segments[0];
  if (like === undefined)
    throw new ConfigError(`${plain(character)} says nothing in this book, so there is no voice to speak with.`);
  requireSpeakable('The text', text, modelOf({ model: like.model, engine: book.manifest.engine }));
  return { steps: [sayStep(like, text, account.realm)] };
}

async function recordsOf({ store }: OpenedBook, steps: readonly SynthesizeStep[]): Promise<TakeRecord[]> {
  const found = new Map<string, TakeRecord>();
  const keys = steps.map(({ key }) => key);
  for await (const piece of findTakes(store, keys)) for (const take of piece) found.set(take.key, take);
  return keys.flatMap((key) => found.get(key) ?? []);
}

async function missingSteps(opened: OpenedBook, steps: readonly SynthesizeStep[]): Promise<SynthesizeStep[]> {
  const stored = new Set((await recordsOf(opened, steps)).map(({ key }) => key));
  return steps.filter(({ key }) => !stored.has(key));
}

async function joined({ store }: OpenedBook, records: readonly TakeRecord[]): Promise<Int16Array> {
  const parts = await Promise.all(records.map(({ pcm }) => store.readBlob(pcm.digest)));
  const bytes = Buffer.concat(parts);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
