/** Cuts a text into the sentences that the service would speak one after the other. Pure. */

const ENDS = {
  sentence: /[.!?…]+["'”’)]*\s+|[。！？；\n]+["”’）]*/gu,
  comma: /[.!?…,;:]+["'”’)]*\s+|[。！？；，、：\n]+["”’）]*/gu,
} as const;

/** The complete sentences of a text and the rest, which waits for more. Nothing is lost: joined they are the text. */
export function cutSentences(text: string, cutAt: keyof typeof ENDS): { sentences: string[]; rest: string } {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(ENDS[cutAt])) {
    const end = match.index + match[0].length;
    if (!isSpeakable(text.slice(start, end))) continue;
    sentences.push(text.slice(start, end));
    start = end;
  }
  return { sentences, rest: text.slice(start) };
}

/** Whether a text has something to say; marks and spaces alone have not. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
