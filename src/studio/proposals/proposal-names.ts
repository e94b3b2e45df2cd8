/** Names of the files in which changes of the author's texts are proposed. Pure. */
import { createHash } from 'node:crypto';

/** Most bytes of a name: a disk allows 255, and a line's number, a time and an ending come to it. */
const MOST_BYTES = 160;

/** The name for a text, given by its path below the book's folder. Two texts never share one, and none is that of a difference or folder. */
export function proposalName(file: string): string {
  const plain = earlierProposalName(file);
  const isTaken = /\.diff$/i.test(plain) || /^(?:taken-over|put-aside)$/i.test(plain);
  const isLong = Buffer.byteLength(plain) > MOST_BYTES;
  if (plain === file && !isTaken && !isLong) return plain;
  // `a/b.txt`, `a b.txt` and `a-b.txt` would be one.
  const mark = `~${createHash('sha256').update(file).digest('hex').slice(0, 8)}`;
  const parts = isTaken || (isLong && !/\.[^.]{1,10}$/.test(plain)) ? null : /^(.+?)(\.[^.]*)?$/.exec(plain);
  const [, whole = plain, ending = ''] = parts ?? [];
  let stem = whole;
  while (Buffer.byteLength(stem + mark + ending) > MOST_BYTES) stem = [...stem].slice(0, -1).join('');
  return `${stem}${mark}${ending}`;
}

/** The name that earlier versions gave: read, and not written. Texts that differ only in `/`, `-` and spaces share it. */
export function earlierProposalName(file: string): string {
  return file.replace(/[^\p{L}\p{N}.-]+/gu, '-');
}

/** The line whose words are proposed in a file, such as `3:37`; undefined for a whole text. */
export function lineOfProposal(name: string): string | undefined {
  const found = / (\d+)-(\d+)(?: \(\d+\))?\.diff$/.exec(name);
  return found === null ? undefined : `${found[1]}:${found[2]}`;
}

/** The text for which a file proposes speakers: the name of the whole text as it would be, beside the difference. */
export function wholeOfProposal(name: string): string | undefined {
  return lineOfProposal(name) === undefined ? name.replace(/\.diff$/, '') : undefined;
}
