/** What other programs hand over: the compiler has not looked at it when they are in JavaScript, or read it from a request. */
import { ConfigError } from '../config/values.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const listOf =
  (fits: (one: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(fits);

/** What a value may be, in words and as a test. */
const KINDS = {
  text: ['a string', isText],
  texts: ['a list of strings', listOf(isText)],
  whole: ['a whole number', isWhole],
  wholes: ['a list of whole numbers', listOf(isWhole)],
  number: ['a number', (value: unknown) => typeof value === 'number' && !Number.isNaN(value)],
  money: ['a sum such as "5.00 CNY"', (value: unknown) => isText(value) || typeof value === 'number'],
  flag: ['true or false', (value: unknown) => typeof value === 'boolean'],
  signal: [
    'an AbortSignal',
    (value: unknown) => value instanceof Object && 'aborted' in value && 'addEventListener' in value,
  ],
  object: ['an object', (value: unknown) => typeof value === 'object' && !Array.isArray(value)],
} as const;
/** Its name; with `?` the value may be left out, with `??` it may be null as well. */
type Kind = keyof typeof KINDS | `${keyof typeof KINDS}?` | `${keyof typeof KINDS}??`;
/** The kinds of values, by their names. */
export type Kinds = Readonly<Record<string, Kind>>;

/** Throws `ConfigError` with the name of the first value that is of another kind. */
export function requireKinds(given: object | null | undefined, kinds: Kinds): void {
  const values = new Map<string, unknown>(Object.entries(given ?? {}));
  for (const [name, kind] of Object.entries(kinds)) {
    const value = values.get(name);
    if ((value === undefined && kind.endsWith('?')) || (value === null && kind.endsWith('??'))) continue;
    const [wanted, fits] = KINDS[kind.replace(/\?+$/, '') as keyof typeof KINDS];
    if (value == null || !fits(value)) throw new ConfigError(`${name} must be ${wanted}. Nothing was done.`);
  }
}

/** Throws `ConfigError` for a word that is none of these; undefined is left out. */
export function requireOneOf(name: string, value: string | undefined, words: readonly string[]): void {
  if (value !== undefined && !words.includes(value))
    throw new ConfigError(`${name} must be one of ${words.join(', ')}. Nothing was done.`);
}
