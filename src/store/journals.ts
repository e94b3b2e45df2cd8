/**
 * Journals: lines that many processes append and nobody changes, such as the ledger of spending. A journal is a folder
 * of small files, each written by one process; their order has no meaning, so a line must say by itself what it is, and
 * must mean the same when it is there twice.
 *
 * A line is JSON after a digest of its own. A line that was changed counts as damaged. The last line of a file without
 * a line break is one whose writer was killed: it was never confirmed and counts as not written.
 */
import { hash } from 'node:crypto';

/** The journals of a store. Failures are those of the store. */
export interface Journals {
  /** How long lines may wait for others, in milliseconds, so that they are written together. 0: not at all. */
  readonly batchMs: number;
  /**
   * Appends lines; when it resolves, a killed process does not lose them, and with `flush` neither does a machine
   * without power. `writer` names this process and no other.
   */
  append(journal: string, lines: readonly string[], options: { writer: string; flush: boolean }): Promise<void>;
  /** Names of the journals that begin with `prefix`. */
  list(prefix: string): Promise<string[]>;
  /** Names of the files of a journal. */
  files(journal: string): Promise<string[]>;
  /** Texts of all files of a journal; none when there is no such journal. */
  read(journal: string): Promise<string[]>;
  /**
   * Replaces the files of a journal by one with the lines that `merge` makes of their texts. Safe beside processes that
   * append or fold, and when it is killed: a line may then be there twice, but never less than once.
   */
  fold(journal: string, merge: (texts: readonly string[]) => readonly string[]): Promise<void>;
}

/** Name of a file that was folded. */
export const FOLDED = 'all-';

/** Values of the complete lines in the texts, in their order, and the damaged lines as they are. */
export function readLines(texts: readonly string[]): { values: object[]; damaged: string[] } {
  const values: object[] = [];
  const damaged: string[] = [];
  for (const text of texts) {
    // What follows the last line break was not confirmed.
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line === '') continue;
      const value = unsealLine(line);
      if (value === undefined) damaged.push(line);
      else values.push(value);
    }
  }
  return { values, damaged };
}

/** A line of a journal. */
export function sealLine(value: object): string {
  const json = JSON.stringify(value);
  return `${digestOf(json)} ${json}`;
}

function unsealLine(line: string): object | undefined {
  const json = line.slice(DIGEST_LENGTH + 1);
  if (line.slice(0, DIGEST_LENGTH) !== digestOf(json)) return undefined;
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? value : undefined;
}

const DIGEST_LENGTH = 16;

function digestOf(json: string): string {
  return hash('sha256', json).slice(0, DIGEST_LENGTH);
}

/** The text of lines in a file. It begins with a line break, which ends a line that a full disk cut off. */
export function textOfLines(lines: readonly string[]): string {
  return `\n${lines.join('\n')}\n`;
}

/** Name of the file with these lines: equal lines have the same name. */
export function foldedName(text: string): string {
  return `${FOLDED}${digestOf(text)}`;
}

/** Most tries to read a journal that is folded at the same time. */
const MOST_READINGS = 8;

/**
 * Reads files that may be folded meanwhile: a file that is gone, or a folded one that is new, means that lines have moved,
 * and all is read again.
 */
export async function readStill(of: {
  names(): Promise<string[]>;
  /** Undefined for a file that is gone. */
  text(name: string): Promise<string | undefined>;
}): Promise<string[]> {
  let names = await of.names();
  for (let readings = 1; ; readings++) {
    const texts = await Promise.all(names.map((name) => of.text(name)));
    const after = await of.names();
    const isStill = !texts.includes(undefined) && !after.some((name) => hasMoved(name) && !names.includes(name));
    if (isStill || readings === MOST_READINGS) return texts.filter((text) => text !== undefined);
    names = after;
  }
}

/** A file that a folding process set aside; see disk-journals.ts. */
export const SET_ASIDE = '.old-';

function hasMoved(name: string): boolean {
  return name.startsWith(FOLDED) || name.includes(SET_ASIDE);
}
