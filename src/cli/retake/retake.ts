/** `pipeline retake`: further takes of one line. All are kept, and none is chosen. */

import { ConfigError } from '../../config/values.ts';
import { PipelineError } from '../../errors.ts';
import { lineNamed, type OpenedBook } from '../../library/opened-book.ts';
import { planTakes } from '../../lines/retake.ts';
import { type LineTake, storedTakes } from '../../lines/stored-takes.ts';
import { unspeakable, type Variation, variationProblem, variedLine } from '../../lines/variation.ts';
import { MOST_TAKES } from '../../manifest/fields/take-number.ts';
import { type BookLine, chosenTake, isPickup } from '../../plan/book-lines.ts';
import { formatLineName, type LineName } from '../../script/lines/line-name.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { quoted, samePlace } from '../command-line/same-place.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { clock, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';
import { type SpokenSegments, speakSegments } from './speak-segments.ts';

/** Flags of `retake`. */
export interface RetakeFlags extends BookFlags {
  takes?: number;
  say?: string;
  direction?: string;
  yes?: boolean;
}

/**
 * Exit code 0; 1 when a take could not be spoken, 2 when there is no such line, 4 when it costs more than the budget. What was
 * spoken is kept, also after Ctrl-C.
 */
export async function retakeCommand(manifest: string, name: LineName, flags: RetakeFlags): Promise<number> {
  if (name.segment !== undefined) {
    const whole = formatLineName({ chapter: name.chapter, line: name.line });
    throw new ConfigError(`A take is of the complete line: ${whole}. Nothing was sent.`);
  }
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => terminal.err('Stopping: a take in progress has a moment to finish.'));
  const { signal } = interrupt;
  try {
    const opened = await openBook({ manifest, flags, terminal, signal }, { sends: true });
    if (opened === undefined) return EXIT.wrongInput;
    const line = lineNamed(opened, name);
    refuseLine(opened, line, flags);
    const varied = variedLine(opened.book, opened.account, line, flags);
    return await retake({ opened, line, varied, flags, terminal, signal });
  } finally {
    interrupt.release();
  }
}

interface Retake {
  opened: OpenedBook;
  line: BookLine;
  /** The line as it is to be spoken. */
  varied: BookLine;
  flags: RetakeFlags;
  terminal: Terminal;
  signal: AbortSignal;
}

async function retake(of: Retake): Promise<number> {
  const { opened, line, flags, terminal, signal } = of;
  const { book, store, account } = opened;
  const { say, direction } = flags;
  const planned = await planTakes({ book, store, account, line, takes: flags.takes ?? 1, say, direction });
  const { numbers, segments } = planned;
  if (numbers.length === 0)
    throw new ConfigError(`${line.number} has ${MOST_TAKES} takes, as many as a line may have. Choose one of them.`);
  const what = `${numbers.length === 1 ? `Take ${numbers[0]}` : `Takes ${numbers.join(', ')}`} of ${line.number}`;
  if (!flags.json)
    terminal.out(`${line.number} ${plain(line.character)}: “${shorten(wordsInQuotes(plain(line.words)), 70)}”`);
  let outcome: SpokenSegments;
  try {
    outcome = await speakSegments({ opened, segments, what, isRetake: true, flags, terminal, signal });
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'interrupted') throw error;
    tell(of, { numbers, takes: await takesNow(of), outcome: undefined });
    return EXIT.interrupted;
  }
  if (outcome.spoken === undefined) {
    terminal.err('Nothing was sent.');
    return EXIT.ok;
  }
  const takes = await takesNow(of);
  tell(of, { numbers, takes, outcome });
  for (const { message } of outcome.spoken.failures.values()) terminal.err(plain(message));
  return numbers.every((number) => takes.some((take) => take.number === number)) ? EXIT.ok : EXIT.incomplete;
}

async function takesNow({ opened: { store, account }, varied }: Retake): Promise<LineTake[]> {
  const [takes = []] = await storedTakes(store, [varied], account.realm);
  return takes;
}

function refuseLine(opened: OpenedBook, line: BookLine, { say, direction }: Variation): void {
  if (isPickup(line))
    throw new ConfigError(
      `${line.number} is a recording of your own, so it has no other takes. Record it again, or remove [audio: …] from the text. Nothing was sent.`,
    );
  refuseVariation(opened, line, { say, direction });
}

/** Throws `ConfigError` when the line cannot be spoken in this way. */
export function refuseVariation({ book }: OpenedBook, line: BookLine, { say, direction }: Variation): void {
  const problem = variationProblem({ book, line, say, direction }, { say: '--say', direction: '--direction' });
  if (problem !== undefined) throw new ConfigError(`${problem} Nothing was done.`);
}

/** Throws `ConfigError` for a text that has nothing to pronounce, or is too long for one request. */
export function requireSpeakable(what: string, text: string, model: { maxSegmentUnits: number } | undefined): void {
  const problem = unspeakable(what, text, model);
  if (problem !== undefined) throw new ConfigError(problem);
}

function tell(
  { opened, line, varied, flags, terminal }: Retake,
  of: { numbers: readonly number[]; takes: readonly LineTake[]; outcome: SpokenSegments | undefined },
): void {
  const { numbers, takes, outcome } = of;
  const made = takes.filter(({ number }) => numbers.includes(number));
  if (flags.json) {
    const spoken = outcome?.spoken;
    const event = {
      type: 'retake',
      number: line.number,
      character: line.character,
      text: line.words,
      ...(varied !== line && { say: flags.say ?? null, direction: flags.direction ?? null }),
      chosen: chosenTake(line),
      takes: made.map(takeEvent),
      planned: outcome?.planned.cost ?? null,
      cost: outcome?.cost ?? null,
      calls: spoken?.calls ?? null,
      simulated: spoken?.simulated ?? null,
      failures: [...(spoken?.failures.values() ?? [])],
    };
    terminal.raw(JSON.stringify(event));
    return;
  }
  const given = `${plain(opened.manifest)} ${line.number}`;
  const more = moreFlags(flags, varied !== line);
  for (const { number, seconds, verdict, doubts } of made.map(takeEvent))
    terminal.out(
      `  take ${number}: ${clock(seconds)}, ${verdict}${doubts.length > 0 ? ` (${doubts.map(({ check }) => check).join(', ')})` : ''}`,
    );
  const [first] = made;
  if (first === undefined) return;
  terminal.out(`To hear:   pipeline play ${given} --take ${first.number}${more}`);
  terminal.out(`To use it: pipeline choose ${given} ${first.number}${more}`);
}

function takeEvent({ number, records }: LineTake) {
  const doubts = records.flatMap((record) => record.doubts ?? []);
  const seconds = Math.round(records.reduce((sum, one) => sum + one.durationSeconds, 0) * 1000) / 1000;
  return { number, seconds, verdict: doubts.length === 0 ? 'good' : 'doubtful', doubts };
}

/** What the next command must be told again. */
export function moreFlags({ simulate, store, say, direction }: RetakeFlags, isVaried: boolean): string {
  return [
    ...(isVaried && say !== undefined ? [` --say ${quoted(say)}`] : []),
    ...(isVaried && direction !== undefined ? [` --direction ${quoted(direction)}`] : []),
    samePlace({ simulate, store }),
  ].join('');
}
