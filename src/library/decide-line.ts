/** What a person decided about a line, written into the review file beside the manifest. Calls nothing. */
import { updateReviewFile } from '../book/review-file.ts';
import { ConfigError } from '../config/values.ts';
import { withDecided } from '../lines/decide-line.ts';
import { noSuchTake } from '../lines/line-sound.ts';
import { storedTakes } from '../lines/stored-takes.ts';
import { variationProblem, variedLine } from '../lines/variation.ts';
import { nameKey } from '../manifest/fields/names.ts';
import { type BookLine, isPickup, knownLines } from '../plan/book-lines.ts';
import { completeLine, type OpenedBook } from './opened-book.ts';

/** What is decided about a line. What is left out stays as it is; null takes it back. */
export interface LineDecisions {
  /** Number of the take to use, as `takes` lists them; of the words and the direction that are decided with it. */
  take?: number | null;
  /** What is spoken instead of the written words. */
  say?: string | null;
  /** How to speak it, for models that take directions. */
  direction?: string | null;
  /** Name or alias of the character that speaks it. */
  speaker?: string | null;
  /** Silence after the line, in seconds, 0 to 60. */
  pause?: number | null;
}

/** Longest pause, as in a text; longest direction, in UTF-16 code units, as in the review file. */
const LONGEST_PAUSE_SECONDS = 60;
const LONGEST_DIRECTION = 300;

/**
 * Writes it. Throws `ConfigError` for what makes no sense for the line; fails with `take-missing` for a take that the store
 * lacks, and with `input-unreadable` for a review file with errors.
 */
export async function decideLine(opened: OpenedBook, number: string, decisions: LineDecisions): Promise<void> {
  const line = completeLine(opened, number);
  refuse(opened, line, decisions);
  if (decisions.take != null) await requireTake(opened, line, { ...decisions, take: decisions.take });
  const at = { lines: knownLines(opened.lines), index: opened.lines.indexOf(line) };
  // A program in plain JavaScript may give more than this version knows.
  const { take, say, direction, speaker, pause } = decisions;
  const fields = Object.entries({ take, say, direction, speaker, pause }).filter(([, value]) => value !== undefined);
  if (fields.length === 0) throw new ConfigError('Nothing is decided: give take, say, direction, speaker or pause.');
  await updateReviewFile(opened.manifest, (review) => withDecided(review, at, Object.fromEntries(fields)));
}

function refuse({ book }: OpenedBook, line: BookLine, { say, direction, speaker, pause }: LineDecisions): void {
  const problem =
    variationProblem(
      { book, line, say: say ?? undefined, direction: direction ?? undefined },
      { say: 'say', direction: 'direction' },
    ) ?? speakerProblem(book, speaker);
  if (problem !== undefined) throw new ConfigError(`${problem} Nothing was changed.`);
  if (direction != null && (direction.trim() === '' || direction.length > LONGEST_DIRECTION))
    throw new ConfigError(`direction must have 1 to ${LONGEST_DIRECTION} characters. Nothing was changed.`);
  if (pause != null && !(pause >= 0 && pause <= LONGEST_PAUSE_SECONDS))
    throw new ConfigError(`pause must be from 0 to ${LONGEST_PAUSE_SECONDS} seconds. Nothing was changed.`);
}

function speakerProblem({ manifest }: OpenedBook['book'], speaker: string | null | undefined): string | undefined {
  if (speaker == null) return undefined;
  const names = manifest.characters.flatMap(({ name, aliases }) => [name, ...aliases]);
  if (names.some((name) => nameKey(name) === nameKey(speaker))) return undefined;
  return `No character is named ${speaker}. Add it to the manifest first.`;
}

async function requireTake(
  { book, account, store }: OpenedBook,
  line: BookLine,
  { take, say, direction }: LineDecisions & { take: number },
): Promise<void> {
  if (isPickup(line))
    throw new ConfigError(
      `${line.number} is a recording of the author's, so it has no other takes. Nothing was changed.`,
    );
  const varied = variedLine(book, account, line, { say: say ?? undefined, direction: direction ?? undefined });
  const [takes = []] = await storedTakes(store, [varied], account.realm);
  if (takes.some(({ number }) => number === take)) return;
  const has = takes.map(({ number }) => number).join(', ');
  throw noSuchTake(
    `${line.number} has no take ${take}: ${has === '' ? 'it is not spoken yet' : `the store has ${has}`}. Nothing was changed.`,
  );
}
