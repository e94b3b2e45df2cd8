/** Flags that a command which is proposed next must have, too: without them it would be of another store, or cost money. */
import { plain } from '../screen/format.ts';

/** ` --simulate`, ` --store 'DIR'`, as they were given, with a blank in front; empty without them. */
export function samePlace({ simulate, store }: { simulate?: boolean | undefined; store?: string | undefined }): string {
  return `${simulate ? ' --simulate' : ''}${store === undefined ? '' : ` --store ${quoted(store)}`}`;
}

/** As one word of a shell. */
export function quoted(text: string): string {
  return `'${plain(text).replaceAll("'", "'\\''")}'`;
}
