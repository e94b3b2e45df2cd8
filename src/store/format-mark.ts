/** The mark of a store's layout: what it says, and whether we may use the store. */
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../errors.ts';

/** Layout of the store; raised when an older program could not read what we write. */
const FORMAT_VERSION = 1;

/** The bytes of a new store's mark, with an id of its own. */
export function newMark(): string {
  const id = randomUUID().slice(0, 8);
  return `${JSON.stringify({ format: 'narration-store', version: FORMAT_VERSION, id })}\n`;
}

/**
 * The id in a mark; undefined in one from before stores had ids. `location` is the store's, `path` the mark's, for the
 * message. Throws `store-unwritable` for a mark of another version or one that is not ours.
 */
export function idOfMark(text: string, { location, path }: { location: string; path: string }): string | undefined {
  const mark = parse(text);
  if (mark?.version === FORMAT_VERSION) return mark.id;
  throw new PipelineError({
    code: 'store-unwritable',
    message:
      mark === undefined
        ? `${path} is not the mark of a narration store. Choose another place with --store, or remove that file if the place is ours.`
        : `The store in ${location} has format ${mark.version}, this program writes ${FORMAT_VERSION}. Use the program version that made it, or another --store.`,
    retry: 'never',
  });
}

function parse(text: string): { version: number; id: string | undefined } | undefined {
  try {
    const mark: unknown = JSON.parse(text);
    if (typeof mark !== 'object' || mark === null || !('format' in mark) || mark.format !== 'narration-store') return;
    if (!('version' in mark) || typeof mark.version !== 'number') return;
    const id = 'id' in mark && typeof mark.id === 'string' && /^[\w-]{1,40}$/.test(mark.id) ? mark.id : undefined;
    return { version: mark.version, id };
  } catch {
    return undefined;
  }
}
