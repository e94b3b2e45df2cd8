/** Names of the files in which changes of the author's texts are proposed. Pure. */
import { createHash } from 'node:crypto';

/** The name for a text, given by its path below the book's folder. Two texts never share one. */
export function proposalName(file: string): string {
  const plain = earlierProposalName(file);
  if (plain === file) return plain;
  // `a/b.txt`, `a b.txt` and `a-b.txt` would be one.
  const mark = createHash('sha256').update(file).digest('hex').slice(0, 8);
  const [, stem = plain, ending = ''] = /^(.+?)(\.[^.]*)?$/.exec(plain) ?? [];
  return `${stem}~${mark}${ending}`;
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
