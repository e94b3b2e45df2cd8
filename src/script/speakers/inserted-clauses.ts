/** Clauses of saying inside a quotation, as in French: `— Bonjour, dit Marie. Entre.` Pure. */
import { SAYING_VERBS } from './saying-verbs.ts';
import type { SpeechPart } from './speech-part.ts';

const WHO =
  "(?:\\s(?:enfin|alors|aussi|encore|aussitôt|soudain|doucement|\\p{Ll}+ment))?(?:-t-(?:il|elle|on)|-(?:il|elle|je|ils|elles|on)|\\s(?:[Ll]e|[Ll]a|[Ll]es|[Uu]ne?|[Ss]on|[Ss]a|[Mm]on|[Mm]a|[Mm]\\.|\\p{Lu}|l[’'])[^,.;:!?»—]{0,60}?)";
const INSERT = new RegExp(
  `(?<=[,!?…»]["”]?\\s)((?:(?:lui|leur|me|nous|se)\\s)?(?:a-t-(?:il|elle)\\s\\p{L}+|(?:dis|fis|répondis|repris|poursuivis|interrompis)-je|\\p{Ll}+ai-je|ai-je\\s\\p{L}+|${SAYING_VERBS.fr}${WHO})[^.;:!?»”"—]{0,80}?)([.,;:!?]|(?=\\s?[»”"—])|$)`,
  'gu',
);

/** Divides what is said at these clauses. The parts are complete and in order. */
export function insertsIn(text: string): SpeechPart[] {
  const parts: SpeechPart[] = [];
  let from = 0;
  for (const match of text.matchAll(INSERT)) {
    const start = match.index;
    let end = start + match[0].length;
    if (/^\s?[»”"]\s*$/.test(text.slice(end))) end = text.length;
    if (start < from) continue;
    if (start > from) parts.push({ isSpeech: true, text: text.slice(from, start) });
    parts.push({ isSpeech: false, text: text.slice(start, end) });
    from = end;
  }
  if (from < text.length || parts.length === 0) parts.push({ isSpeech: true, text: text.slice(from) });
  return parts;
}
