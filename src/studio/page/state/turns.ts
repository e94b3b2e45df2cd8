/** A dialogue of two people who take turns: who says what follows, when it is known who says this. Pure. */
import type { OpenParagraph } from '../../attributions/attribution-shapes.ts';

/** What follows an open quotation in its dialogue. */
export interface Turns {
  /** Who speaks in between. */
  other: string;
  /** The open paragraphs that follow, in order. */
  paragraphs: { index: number; speaker: string }[];
}

/** What `turnsFrom` needs to know. */
export interface TurnsOf {
  /** Paragraphs of the chapter, ascending; those that are not known end the dialogue. */
  paragraphs: readonly OpenParagraph[];
  index: number;
  /** Who says the quotation at `index`. */
  first: string;
  /** Who is named for a paragraph; undefined for an open one. */
  speakerOf: (paragraph: OpenParagraph) => string | undefined;
  /** Most probable first. */
  candidatesOf: (index: number) => readonly string[];
}

/**
 * The turns up to a scene, to narration between two quotations, or to a speaker who does not fit. Undefined when nobody can be
 * the other one, or nothing open follows.
 */
export function turnsFrom(of: TurnsOf): Turns | undefined {
  const { paragraphs, index, first, speakerOf, candidatesOf } = of;
  const at = paragraphs.findIndex((one) => one.index === index);
  if (at < 0) return undefined;
  const following = dialogueAfter(paragraphs, at);
  const before = paragraphs[at - 1];
  const spokeBefore =
    before !== undefined && before.index === index - 1 && !paragraphs[at]!.startsScene && isSpeech(before)
      ? speakerOf(before)
      : undefined;
  const named = following.find(({ isFirst, paragraph }) => !isFirst && speakerOf(paragraph) !== undefined);
  const asked = following.find(({ isFirst }) => !isFirst)?.paragraph.index;
  const other = [
    spokeBefore,
    named && speakerOf(named.paragraph),
    ...(asked === undefined ? [] : candidatesOf(asked)),
    ...candidatesOf(index),
  ].find((name) => name !== undefined && name !== first);
  if (other === undefined) return undefined;
  const fits = following.findIndex(({ isFirst, paragraph }) => {
    const speaker = speakerOf(paragraph);
    return speaker !== undefined && speaker !== (isFirst ? first : other);
  });
  const turns = (fits < 0 ? following : following.slice(0, fits)).flatMap(({ isFirst, paragraph }) =>
    speakerOf(paragraph) === undefined ? [{ index: paragraph.index, speaker: isFirst ? first : other }] : [],
  );
  return turns.length === 0 ? undefined : { other, paragraphs: turns };
}

function dialogueAfter(paragraphs: readonly OpenParagraph[], at: number) {
  const found: { paragraph: OpenParagraph; isFirst: boolean }[] = [];
  let isFirst = true;
  for (let next = at + 1; next < paragraphs.length; next++) {
    const paragraph = paragraphs[next]!;
    const before = paragraphs[next - 1]!;
    if (paragraph.index !== before.index + 1 || paragraph.startsScene || !isSpeech(paragraph)) break;
    // A quotation that is not closed goes on in the next paragraph.
    if (!staysOpen(before)) isFirst = !isFirst;
    found.push({ paragraph, isFirst });
  }
  return found;
}

function isSpeech({ parts, beginsSpeech }: OpenParagraph): boolean {
  return beginsSpeech === true || parts.some(({ open, speaker }) => open === true || speaker !== undefined);
}

function staysOpen({ parts }: OpenParagraph): boolean {
  const text = parts.at(-1)?.text ?? '';
  return text.lastIndexOf('“') > text.lastIndexOf('”');
}
