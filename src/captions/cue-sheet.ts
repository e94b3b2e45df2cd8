/** One track of a cue sheet. */
export interface CueTrack {
  title: string;
  startSeconds: number;
}

/** CD frames per second, the time unit of a cue sheet. */
const FRAMES_PER_SECOND = 75;

/** A cue sheet for one audio file: tracks by minute, second and frame. Readers support at most 99 tracks. Pure. */
export function cueSheet(of: { title: string; artist: string; file: string; tracks: readonly CueTrack[] }): string {
  const lines = [`PERFORMER ${quoted(of.artist)}`, `TITLE ${quoted(of.title)}`, `FILE ${quoted(of.file)} MP4`];
  of.tracks.forEach(({ title, startSeconds }, index) => {
    const frames = Math.floor(startSeconds * FRAMES_PER_SECOND + 1e-6);
    const two = (value: number): string => String(value).padStart(2, '0');
    const seconds = Math.floor(frames / FRAMES_PER_SECOND);
    lines.push(
      `  TRACK ${two(index + 1)} AUDIO`,
      `    TITLE ${quoted(title)}`,
      `    INDEX 01 ${two(Math.floor(seconds / 60))}:${two(seconds % 60)}:${two(frames % FRAMES_PER_SECOND)}`,
    );
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** The format has no escapes: a double quote becomes a single one. */
function quoted(text: string): string {
  return `"${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll('"', "'")}"`;
}
