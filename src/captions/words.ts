import { columnsOf } from './columns.ts';

/** The words of a text with the punctuation and spaces after them; joined, they are the text. Also for scripts without spaces. */
export function wordsOf(text: string): string[] {
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
  const words: string[] = [];
  let open = '';
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    const last = words.at(-1);
    // Opening quotes and brackets belong to the word after them.
    if (!isWordLike && /^[\p{Ps}\p{Pi}"'“‘«„]+$/u.test(segment) && (last === undefined || /\s$/.test(last)))
      open += segment;
    else if (isWordLike || last === undefined) {
      words.push(open + segment);
      open = '';
    } else words[words.length - 1] += open + segment;
  }
  if (open !== '') words.push(open);
  return words;
}

/** Splits a text between words into `count` parts of about equal width; fewer when it has too few words. */
export function evenParts(text: string, count: number): string[] {
  const total = columnsOf(text);
  const parts: string[] = Array.from({ length: count }, () => '');
  let before = 0;
  for (const word of wordsOf(text)) {
    const columns = columnsOf(word);
    const part = Math.min(count - 1, Math.floor(((before + columns / 2) / total) * count));
    parts[part] += word;
    before += columns;
  }
  return parts.filter((part) => part.trim() !== '');
}
