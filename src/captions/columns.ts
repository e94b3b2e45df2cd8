/** Columns of a caption's text; East Asian wide characters count as two. Approximate, for wrapping. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return columns;
}

/** Hangul Jamo, CJK and kana, Hangul syllables, compatibility ideographs, full-width forms, emoji, rare ideographs. */
function isWide(code: number): boolean {
  const within = (from: number, to: number): boolean => code >= from && code <= to;
  if (code < 0x1100) return false;
  return (
    within(0x1100, 0x115f) ||
    within(0x2e80, 0xa4cf) ||
    within(0xac00, 0xd7a3) ||
    within(0xf900, 0xfaff) ||
    within(0xfe30, 0xfe6f) ||
    within(0xff00, 0xff60) ||
    within(0x1f300, 0x1faff) ||
    within(0x20000, 0x3fffd)
  );
}
