/** Reads single settings from the environment, and says what is wrong with one. */
import { readFileSync, statSync } from 'node:fs';
import { shortEchoes } from '../errors.ts';

/** Longest file that may hold a key, in bytes. */
const MAX_KEY_FILE_BYTES = 4_096;

/** A wrong setting or flag. The command line prints it and ends with exit code 2. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(shortEchoes(message), options);
  }
}

/** The URL of a setting, without a slash at the end. Throws `ConfigError`, like all below. */
export function url(name: string, env: NodeJS.ProcessEnv, fallback: string, protocols: string[]): string {
  const text = nonEmpty(env[name]) ?? fallback;
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new ConfigError(`${name} is not a URL: "${text}". Omit it, or set a URL such as ${fallback}`);
  }
  if (!protocols.includes(parsed.protocol)) {
    throw new ConfigError(`${name} must begin with ${protocols.join(' or ')}//, such as ${fallback}`);
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '') {
    throw new ConfigError(`${name} must not contain a password or a query. Keys have settings of their own.`);
  }
  return text.replace(/\/+$/, '');
}

/** A whole number, from 1 unless told otherwise; undefined when it is not set. */
export function count(
  name: string,
  env: NodeJS.ProcessEnv,
  { least, most }: { least: number; most?: number } = { least: 1 },
): number | undefined {
  const text = nonEmpty(env[name]);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > (most ?? value)) {
    const range = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${name} must be a whole number ${range}, not "${text}".`);
  }
  return value;
}

/** A setting that is 0 or 1; undefined when it is not set. */
export function flag(name: string, env: NodeJS.ProcessEnv): boolean | undefined {
  const text = nonEmpty(env[name]);
  if (text === undefined) return undefined;
  if (text !== '0' && text !== '1') throw new ConfigError(`${name} must be 0 or 1, not "${text}".`);
  return text === '1';
}

/** Whether a setting is on. Default: no. */
export function isOn(name: string, env: NodeJS.ProcessEnv): boolean {
  const text = nonEmpty(env[name])?.toLowerCase();
  if (text === undefined || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new ConfigError(`${name} must be 1 or 0, not "${text}".`);
}

/** Reads a file that holds one secret and nothing else; no message contains the secret. */
export function secretFromFile(setting: string, what: string, env: NodeJS.ProcessEnv): string | undefined {
  const path = nonEmpty(env[setting]);
  if (path === undefined) return undefined;
  const wrong = (why: string) => new ConfigError(`${setting}: the file ${path} ${why}.`);
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MAX_KEY_FILE_BYTES) throw wrong(`has ${size} bytes; it must contain ${what} and nothing else`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  // Editors on Windows put a byte order mark in front.
  const key = nonEmpty(text.replace(/^\ufeff/, ''));
  if (key === undefined) throw wrong('is empty');
  if (!/^[\x21-\x7e]+$/.test(key)) throw wrong(`must contain ${what} on one line and nothing else`);
  return key;
}

/** The text without the spaces around it; undefined when nothing is left. */
export function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}
