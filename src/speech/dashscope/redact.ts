/**
 * Keeps the API key secret: it goes into one header, and is masked in every text that comes back.
 *
 * Services and proxies echo what they receive. Every text from outside passes through `quoteUntrusted` before a message
 * contains it, and no foreign error object becomes a cause: `sanitizedCause` makes a clean one.
 */
import { PipelineError, systemCode } from '../../errors.ts';
import { hiddenKey } from './hidden-key.ts';

/** Most characters of a foreign text that one message repeats. */
const MAX_QUOTED_CHARACTERS = 300;
/** Foreign text beyond this many characters is ignored. */
const MAX_READ_CHARACTERS = 65_536;
const MASK = '***';

/**
 * The value of the `Authorization` header. Throws `key-missing` for an empty key and `key-refused` for one that no
 * header can carry, such as a key pasted with a line break; a retry does not help.
 */
export function authorizationHeader(apiKey: string): string {
  if (apiKey === '') {
    throw new PipelineError({
      code: 'key-missing',
      message: 'The API key is empty. Set DASHSCOPE_API_KEY.',
      retry: 'never',
    });
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new PipelineError({
      code: 'key-refused',
      message: 'The API key contains a space, a line break or another character that no key has. Copy the key again.',
      retry: 'never',
    });
  }
  return `Bearer ${apiKey}`;
}

/** `text` with every form of the key, every part of it that is long enough to be known, every `Bearer …` and everything that looks like a key (`sk-…`, `st-…`) masked. */
export function redact(text: string, apiKey: string): string {
  let clean = text;
  if (apiKey !== '') {
    for (const form of formsOf(apiKey)) clean = clean.replace(form, MASK);
    for (const [from, to] of hiddenKey(clean, apiKey).reverse()) clean = clean.slice(0, from) + MASK + clean.slice(to);
  }
  return clean.replace(/\bBearer\s+\S+/gi, `Bearer ${MASK}`).replace(/\b(?:sk|st)-[\w*.-]{3,}/gi, MASK);
}

/**
 * The key as proxies and logs write it: plain, with any of its characters escaped for JSON, HTML or an address, and in base64 of
 * both alphabets, alone or inside a longer text such as `Bearer KEY` or `user:KEY`.
 */
function formsOf(apiKey: string): RegExp[] {
  const escaped = [...apiKey].map((character) => {
    const code = character.charCodeAt(0);
    const hex = [...code.toString(16).padStart(2, '0')].map((digit) => `[${digit}${digit.toUpperCase()}]`).join('');
    const plain = character.replace(/[^A-Za-z0-9]/, '\\$&');
    return `(?:\\\\*${plain}|%(?:25)*${hex}|\\\\+(?:u00|x)${hex}|&#(?:[xX]0*${hex}|0*${code});)`;
  });
  return [new RegExp(escaped.join(''), 'g'), ...[0, 1, 2].map((bytesBefore) => inBase64(apiKey, bytesBefore))];
}

/** The part of the base64 of a text that the key alone decides, when so many bytes (mod 3) are before it. */
function inBase64(apiKey: string, bytesBefore: number): RegExp {
  const code = Buffer.from('\0'.repeat(bytesBefore) + apiKey)
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((bytesBefore * 8) / 6);
  const whole = Math.floor(((bytesBefore + Buffer.byteLength(apiKey)) * 8) / 6);
  const sure = code.slice(first, whole).replace(/[+-]/g, '(?:[+-]|%2[BbDd])').replace(/[/_]/g, '(?:[/_]|\\\\/|%2[Ff])');
  // The characters next to it hold the key's first and last bits. A key so short has no part that it alone decides.
  return sure.length < 8 ? /(?!)/g : new RegExp(`[A-Za-z0-9+/_-]?${sure}[A-Za-z0-9+/_-]?={0,2}`, 'g');
}

/** A foreign text, safe to quote in a message: no secret, one line, no control characters, at most 300 characters. */
export function quoteUntrusted(text: string, apiKey: string): string {
  const oneLine = text
    .slice(0, MAX_READ_CHARACTERS)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  const clean = redact(oneLine, apiKey);
  return clean.length > MAX_QUOTED_CHARACTERS ? `${clean.slice(0, MAX_QUOTED_CHARACTERS)}…` : clean;
}

/** A clean error with the texts and the system code of a foreign error and its causes, for use as `cause`. */
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
