import { decode } from './decode.ts';
import { lettersOf } from './letters.ts';
import type { SourcePart } from './source-part.ts';
import { readTokens } from './tokens.ts';
import type { Unpacked } from './unzip.ts';

/** The letters of an OpenDocument: all words of its body, then those of its headers and footers. Pure. */
export function odtLetters(archive: Unpacked): SourcePart[] {
  const parts = [
    { name: 'content.xml', letters: lettersIn(archive, 'content.xml', 'body') },
    { name: 'styles.xml', letters: lettersIn(archive, 'styles.xml', 'master-styles') },
  ];
  return parts.filter(({ letters }) => letters !== '');
}

function lettersIn(archive: Unpacked, file: string, wanted: string): string {
  const bytes = archive.get(file);
  const parts: string[] = [];
  let depth = 0;
  const isWanted = (tag: string): boolean => tag.slice(tag.indexOf(':') + 1) === wanted;
  readTokens(bytes === undefined ? '' : decode(bytes), {
    open(tag, _attributes, closed) {
      if (isWanted(tag) && !closed) depth++;
    },
    close(tag) {
      if (isWanted(tag)) depth--;
    },
    text(text) {
      if (depth > 0) parts.push(lettersOf(text));
    },
  });
  return parts.join('');
}
