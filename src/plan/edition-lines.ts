import { HEAD_LINE } from '../script/lines/line-name.ts';
import { type Edition, type EditionSegment, modelInEdition } from './edition.ts';

/** What one speaker says in one go: the unit in which editions are compared. */
export interface EditionLine {
  /** 1-based among the lines of its chapter; 0 for its head. */
  line: number;
  character: string;
  /** What the author wrote. */
  written: string;
  /** What is spoken, with the word lists applied. */
  spoken: string;
  direction: string | undefined;
  retake: number | undefined;
  pauseMs: number;
  /** The voice of its character: key or ID; undefined when it is unknown. */
  voice: string | undefined;
  /** Digest of the sample of its character's voice; undefined for a voice that is named by its ID. */
  sample: string | undefined;
  /** The model that speaks it. */
  model: string;
  takes: string[];
  /** Digests of its takes; null for one that is unknown. */
  sounds: (string | null)[];
}

/** The lines of a chapter: joins the segments of each line again. */
export function editionLines(
  edition: Pick<Edition, 'voices' | 'model' | 'models'>,
  segments: readonly EditionSegment[],
): EditionLine[] {
  const lines: EditionLine[] = [];
  for (const segment of segments) {
    const { character, text, written = text, direction, retake, pauseMs, take, sound } = segment;
    const last = lines.at(-1);
    if (segment.goesOn && last) {
      last.written = joinText(last.written, written);
      last.spoken = joinText(last.spoken, text);
      last.pauseMs = pauseMs;
      last.takes.push(take);
      last.sounds.push(sound);
      continue;
    }
    const editionVoice = edition.voices[character];
    const voice = editionVoice === undefined ? undefined : 'id' in editionVoice ? editionVoice.id : editionVoice.voice;
    const line = lines.length + (segments[0]?.head ? 0 : 1);
    lines.push({
      line,
      character,
      written,
      spoken: text,
      direction,
      retake,
      pauseMs,
      voice,
      sample: editionVoice !== undefined && 'sample' in editionVoice ? editionVoice.sample : undefined,
      model: modelInEdition(edition, character),
      takes: [take],
      sounds: [sound],
    });
  }
  return lines;
}

/** For each segment, the 0-based index of its line; `HEAD_LINE` for those of the head. */
export function lineIndexes(segments: readonly Pick<EditionSegment, 'goesOn' | 'head'>[]): number[] {
  let line = segments[0]?.head ? HEAD_LINE - 1 : -1;
  return segments.map(({ goesOn }, index) => (goesOn && index > 0 ? line : ++line));
}

/** Joins with a space, except in scripts that use none. */
function joinText(a: string, b: string): string {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uff60”’」』]$/u.test(
    a,
  ) && /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uff60“‘「『]/u.test(b)
    ? a + b
    : `${a} ${b}`;
}
