/** Media types of delivered files, for browsers and players. */

const TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  wav: 'audio/wav',
  flac: 'audio/flac',
  epub: 'application/epub+zip',
  zip: 'application/zip',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  cue: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip',
  vtt: 'text/vtt; charset=utf-8',
  jpg: 'image/jpeg',
  png: 'image/png',
};

/** Every type that a file may have. */
export const MEDIA_TYPES: readonly string[] = [
  ...new Set([...Object.values(TYPES), 'application/octet-stream']),
].sort();

/** The media type by file extension; `application/octet-stream` for unknown ones. */
export function mediaTypeOf(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return TYPES[ending] ?? 'application/octet-stream';
}
