/**
 * Chapter marks in ffmpeg's metadata format, with exact times in samples. Escapes `=`, `;`, `#`, `\` and line breaks. Pure.
 */
export function chapterMetadata(
  chapters: readonly { title: string; startSeconds: number; endSeconds: number }[],
  sampleRateHz: number,
): string {
  const samples = (seconds: number): number => Math.round(seconds * sampleRateHz);
  const marks = chapters.map(({ title, startSeconds, endSeconds }) =>
    [
      '[CHAPTER]',
      `TIMEBASE=1/${sampleRateHz}`,
      `START=${samples(startSeconds)}`,
      `END=${samples(endSeconds)}`,
      `title=${escaped(title)}`,
    ].join('\n'),
  );
  return `;FFMETADATA1\n${marks.join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\0', '').replace(/[=;#\\\n]/g, (sign) => `\\${sign}`);
}
