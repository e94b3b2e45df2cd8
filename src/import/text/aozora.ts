/** Ruby and notes of transcribers as Japanese text files have them: 灯台《とうだい》, ｜灯《ひ》, ［＃改ページ］. Pure. */

/** A reading above characters: the characters after `｜`, or the Chinese characters before it. */
const RUBY =
  /(?:｜(?<named>[^《》｜\n\r]{1,30})|(?<base>[\p{Script=Han}々〆ヶ]{1,20}))《(?<reading>[\p{Script=Hiragana}\p{Script=Katakana}ー・]{1,30})》/gu;
const NOTE = /※?［＃[^］\n\r]{1,100}］/gu;
/** Quicker, and true of every text that one of them matches. */
const MAYBE_MARKED = /[《［]/;

/** Something that is not read: where it is, and why. */
export interface AozoraMark {
  start: number;
  end: number;
  reason: 'ruby reading' | 'ruby base' | 'note of the transcriber';
}

/** What is not read of a text, in order. `ruby`: what is read of ruby. */
export function aozoraMarks(text: string, ruby: 'base' | 'reading'): AozoraMark[] {
  if (!MAYBE_MARKED.test(text)) return [];
  const readings = [...text.matchAll(RUBY)].map(({ index, 0: all, groups }): AozoraMark => {
    const { named, base = named!, reading } = groups!;
    const open = index + all.length - reading!.length - 2;
    return ruby === 'base'
      ? { start: open + 1, end: open + 1 + reading!.length, reason: 'ruby reading' }
      : { start: open - base.length, end: open, reason: 'ruby base' };
  });
  const notes = [...text.matchAll(NOTE)].map(
    ({ index, 0: all }): AozoraMark => ({ start: index, end: index + all.length, reason: 'note of the transcriber' }),
  );
  return [...readings, ...notes].sort((a, b) => a.start - b.start);
}

/** The text as it is read. */
export function withoutAozora(text: string, ruby: 'base' | 'reading'): string {
  if (!MAYBE_MARKED.test(text)) return text;
  return text
    .replace(RUBY, (...found) => {
      const { named, base, reading } = found.at(-1) as Record<string, string | undefined>;
      return ruby === 'base' ? (named ?? base)! : reading!;
    })
    .replace(NOTE, '');
}
