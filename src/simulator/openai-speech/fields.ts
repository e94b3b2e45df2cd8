/** Reads fields of a request body, and refuses those of a wrong type. */
import { NATIVE_RATE_HZ, SPEED_RANGE } from '../../speech/openai-speech/protocol.ts';
import { isMade, type SoundFormat, type SpeechOrder } from './order.ts';
import { badField, SpeechRefusal } from './refusal.ts';

/** A body that is a JSON object. */
export type Body = Record<string, unknown>;

/** Parses a body. Throws a SpeechRefusal with `invalid_json` when it is not a JSON object. */
export function parseBody(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  } catch {
    // Refused below.
  }
  throw new SpeechRefusal(400, 'The request body is not a JSON object.', { code: 'invalid_json' });
}

/** A string, or undefined when the field is absent or null. */
export function optionalText(body: Body, field: string): string | undefined {
  const value = body[field] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw badField(field, `${field} must be a string.`);
  return value;
}

/** True or false, or the preset. */
export function flag(body: Body, field: string, preset = false): boolean {
  const value = body[field] ?? preset;
  if (typeof value !== 'boolean') throw badField(field, `${field} must be true or false.`);
  return value;
}

/** A number within bounds, or undefined. */
export function optionalNumber(
  body: Body,
  field: string,
  { least, most, whole = false, code }: { least: number; most: number; whole?: boolean; code?: string },
): number | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw badField(field, `${field} must be ${whole ? 'an integer' : 'a number'} in [${least}, ${most}].`, code);
}

/** `seed` as an int64. */
export function optionalSeed(body: Body): number | undefined {
  return optionalNumber(body, 'seed', { least: -(2 ** 63), most: 2 ** 63, whole: true });
}

/** `input`, not empty and not too long. */
export function inputText(body: Body, mostCharacters: number): string {
  const input = body['input'];
  if (typeof input !== 'string') throw badField('input', 'Field required: input', 'missing_required_field');
  if (input.trim() === '') throw badField('input', 'Input text cannot be empty', 'missing_required_field');
  if ([...input].length > mostCharacters) {
    throw badField('input', `input must have at most ${mostCharacters} characters.`, 'input_too_long');
  }
  return input;
}

/** `response_format`: one of `known`, and one that the simulator can make. */
export function soundFormat(body: Body, known: readonly string[], preset: string): SoundFormat {
  const format = body['response_format'] ?? preset;
  if (typeof format !== 'string' || !known.includes(format)) {
    throw badField('response_format', `response_format must be one of ${known.join(', ')}.`, BAD_FORMAT);
  }
  if (isMade(format as SoundFormat)) return format as SoundFormat;
  throw badField('response_format', `The simulator makes wav and pcm only, not ${format}.`, BAD_FORMAT);
}

/** `speed`; 1 when it is absent. */
export function speed(body: Body): number {
  const { least, most } = SPEED_RANGE;
  return optionalNumber(body, 'speed', { least, most, code: 'invalid_speed' }) ?? 1;
}

/** What the profiles have in common where a call says nothing. */
export const PLAIN_ORDER = {
  languageType: 'Auto',
  speechRate: 1,
  pitchRate: 1,
  seed: undefined,
  sampleRateHz: NATIVE_RATE_HZ,
  delivery: 'body',
  wantsWordTimes: false,
  textTokens: 0,
  audioTokens: 0,
  bySentence: false,
  notice: 'skipped',
} as const satisfies Partial<SpeechOrder>;

/** Throws when a body has a field that is not known. */
export function refuseUnknown(body: Body, known: readonly string[]): void {
  const field = Object.keys(body).find((name) => !known.includes(name));
  if (field !== undefined)
    throw badField(field, `Unrecognized request argument supplied: ${field}`, 'unknown_parameter');
}

const BAD_FORMAT = 'unsupported_response_format';
