/**
 * The API key at the door: into one header, and out of every text that comes back.
 *
 * Services and proxies echo what they were sent. Whatever comes from outside passes `quoteOutside` before it may stand in
 * a message, and no foreign error object is kept as a cause: `outsideCause` makes a clean one.
 */
import { PipelineError, systemCode } from '../../errors.ts';

/** Most characters of a foreign text that one message repeats. */
const MAX_QUOTED_CHARACTERS = 300;
/** Foreign text beyond this many characters is not even looked at. */
const MAX_READ_CHARACTERS = 65_536;
const MASK = '***';

/**
 * The value of the `Authorization` header. Throws `key-missing` for an empty key and `key-refused` for one that no header
 * can carry, such as a key pasted with a line break; asking again does not help.
 */
export function authorizationHeader(apiKey: string): string {
  if (apiKey === '') {
    throw new PipelineError({ code: 'key-missing', message: 'The API key is empty.', retry: 'never' });
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new PipelineError({
      code: 'key-refused',
      message: 'The API key holds a space, a line break or another character that a key can not have. Copy it again.',
      retry: 'never',
    });
  }
  return `Bearer ${apiKey}`;
}

/** `text` with every form of the key, every `Bearer …` and everything that looks like a key (`sk-…`, `st-…`) masked. */
export function redact(text: string, apiKey: string): string {
  let clean = text;
  if (apiKey !== '') {
    const forms = [apiKey, encodeURIComponent(apiKey), Buffer.from(apiKey).toString('base64')];
    for (const form of forms) clean = clean.replaceAll(form, MASK);
  }
  return clean.replace(/\bBearer\s+\S+/gi, `Bearer ${MASK}`).replace(/\b(?:sk|st)-[\w*.-]{3,}/gi, MASK);
}

/** A foreign text made fit for a message: no secret, one line, no control characters, at most 300 characters. */
export function quoteUntrusted(text: string, apiKey: string): string {
  const oneLine = text
    .slice(0, MAX_READ_CHARACTERS)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  const clean = redact(oneLine, apiKey);
  return clean.length > MAX_QUOTED_CHARACTERS ? `${clean.slice(0, MAX_QUOTED_CHARACTERS)}…` : clean;
}

/** A clean error with the texts and the system code of a foreign error and its causes, to be kept as `cause`. */
export function sanitizedCause(error: unknown, apiKey: string): Error {
  const texts: string[] = [];
  let current: unknown = error;
  let code: string | undefined;
  for (let depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    if (current.message !== '' && !texts.includes(current.message)) texts.push(current.message);
    code ??= systemCode(current);
    current = current.cause;
  }
  const text = texts.length > 0 ? texts.join(': ') : (code ?? 'unknown');
  const cause = new Error(quoteUntrusted(text, apiKey));
  return code === undefined ? cause : Object.assign(cause, { code });
}
