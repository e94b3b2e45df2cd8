/** Recordings in data URIs. */

/** The base64 text of a data URI of audio; undefined when it is none. Its length is not limited. */
export function audioInDataUri(uri: string): string | undefined {
  const comma = uri.indexOf(',');
  if (comma < 0 || !/^data:audio\/[\w.+-]+(;[\w=.+-]+)*;base64$/i.test(uri.slice(0, comma))) return undefined;
  const base64 = uri.slice(comma + 1);
  return isBase64(base64) ? base64 : undefined;
}

/** Looks for a wrong letter: an expression for the right ones remembers each of 14 million, and can run out of stack. */
export function isBase64(text: string): boolean {
  const letters = text.replace(/={1,2}$/, '');
  return letters !== '' && !/[^A-Za-z0-9+/]/.test(letters);
}
