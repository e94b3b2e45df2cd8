import { nameKey } from '../../manifest/fields/names.ts';
import type { Paragraph } from '../text/paragraphs.ts';
import type { TextProblem } from '../text/text-problems.ts';
import type { SpeakerNames } from './speaker-names.ts';

/** A few words, then a colon: `MARA: …`, `Mara Quill: …`, `玛拉：…`. */
const LABEL = /^([\p{L}][\p{L}\p{M}\p{N} .'’-]{0,40}?)\s?[:：](?=[\s"“„«「『]|[^\s\d/])/u;

/** `(mara) …`, `（玛拉）…`: only if it is a character's name. */
const NAME_IN_PARENTHESES = /^([(（]\s?([\p{L}][\p{L}\p{M}\p{N} .'’-]{0,40}?)\s?[)）])(?=\s?\S)/u;

/**
 * The warning for an untagged paragraph that seems to begin with a speaker label: a character's name or a name in capitals
 * and a colon, or a character's name in parentheses. The narrator would read the label aloud.
 */
export function speechLabel({
  text,
  body,
  speakers,
}: {
  text: string;
  body: Paragraph;
  speakers: SpeakerNames;
}): TextProblem | undefined {
  const beginning = text.slice(body.start, Math.min(body.end, body.start + 80));
  const match = LABEL.exec(beginning) ?? NAME_IN_PARENTHESES.exec(beginning);
  const label = match?.[2] ?? match?.[1];
  if (label === undefined) return undefined;
  const speaker = speakers.byKey.get(nameKey(label));
  const inParentheses = match![2] !== undefined;
  const shouted =
    !inParentheses && /^\p{Lu}[\p{Lu} .'’-]{1,40}$/u.test(label) && !/^(?:PS|NB|TO|FROM|DATE|NOTE|RE|CC)$/.test(label);
  if (!speaker && !shouted) return undefined;
  const shown = inParentheses ? match![1] : `${label}:`;
  const message = `"${shown}" looks like a speaker label, but the narrator reads it aloud.`;
  const fix = speaker
    ? `Write [${speaker.name}] instead.`
    : `If "${label}" is a character, add it to the manifest and write [${label.toLowerCase()}] instead.`;
  return {
    code: 'speech-label',
    severity: 'warning',
    start: body.start,
    end: body.start + match![0].length,
    message,
    fix,
  };
}
