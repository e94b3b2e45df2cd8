/** The mark of a store's layout: its content, and whether we may use the store. */
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../errors.ts';

/** Layout of the store; increase it when an older program could not read our files. */
const FORMAT_VERSION = 1;

/** The bytes of a new store's mark, with a new ID. */
export function newMark(): string {
  const id = randomUUID().slice(0, 8);
  return `${JSON.stringify({ format: 'narration-store', version: FORMAT_VERSION, id })}\n`;
}

/**
 * The ID in a mark; undefined in one that is older than IDs. `location` (the store's) and `path` (the mark's) are for
 * the message. Throws `store-unwritable` for a mark of another version or of another program.
 */
export function idOfMark(text: string, { location, path }: { location: string; path: string }): string | undefined {
  const mark = parse(text);
  if (mark?.version === FORMAT_VERSION) return mark.id;
  throw new PipelineError({
    code: 'store-unwritable',
    message:
      mark === undefined
        ? `${path} is not the mark of a narration store. Choose another folder with --store, or remove that file if the folder belongs to this program.`
        : `The store in ${location} has format ${mark.version}; this program writes format ${FORMAT_VERSION}. Use the program version that made the store, or another --store.`,
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
