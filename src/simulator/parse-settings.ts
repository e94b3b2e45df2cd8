/**
 * The settings as text from the command line and the control API, validated: a mistyped setting gets an error and not a
 * simulator that silently does something else.
 */
import * as z from 'zod';
import { FAULTS, type FaultRule } from './faults.ts';
import { type HearingSettings, hearingSchema } from './hearing/settings.ts';
import type { InferenceSettings } from './inference/settings.ts';
import { inferenceSchema } from './inference/settings-schema.ts';
import type { OpenaiSpeechSettings } from './openai-speech/settings.ts';
import { openaiSpeechSchema } from './openai-speech/settings-schema.ts';
import type { Behaviour, Limits, Speed } from './settings.ts';

const milliseconds = z.number().min(0).max(86_400_000);
const count = z.number().int().min(0);

/** `null` means no limit, because JSON has no infinity. */
const limit = z
  .number()
  .int()
  .min(0)
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);

const faultSchema = z.strictObject({
  kind: z.enum(Object.keys(FAULTS) as [keyof typeof FAULTS, ...(keyof typeof FAULTS)[]]),
  rate: z.number().min(0).max(1).optional(),
  nth: z.number().int().min(1).optional(),
  text: z.string().min(1).optional(),
  times: count.optional(),
  frame: count.optional(),
  delayMs: milliseconds.optional(),
  closeCode: z.number().int().min(1000).max(4999).optional(),
});

const speedSchema = z
  .strictObject({
    firstAudioMs: milliseconds,
    timesRealtime: z.number().min(0),
    chunkMs: z.number().min(1).max(60_000),
    burstMs: milliseconds,
    burstPauseMs: milliseconds,
    cloneMs: milliseconds,
  })
  .partial();

const limitsSchema = z
  .strictObject({
    enrollPerSecond: limit,
    sessionsAtOnce: limit,
    callsPerMinute: limit,
    callIs: z.enum(['session', 'response', 'both']),
    throttleForm: z.enum(['event', 'close']),
    freeVoices: limit,
    freeOnly: z.boolean(),
    voices: limit,
    voicesPerPage: limit,
    commitCharacters: limit,
  })
  .partial();

const behaviourSchema = z
  .strictObject({
    appendWhileSpeaking: z.enum(['ignore', 'buffer']),
    deafAfterDoneMs: milliseconds,
    committedBeforeAutomatic: z.boolean(),
    errorCloseCode: z.number().int().min(1000).max(4999),
    idleTimeoutMs: milliseconds,
    adoptVoices: z.boolean(),
    splitCommits: z.boolean(),
    responsePauseMs: milliseconds,
    oddDeltas: z.boolean(),
  })
  .partial();

const patchSchema = z
  .strictObject({
    speed: speedSchema,
    limits: limitsSchema,
    behaviour: behaviourSchema,
    inference: inferenceSchema,
    openaiSpeech: openaiSpeechSchema,
    hearing: hearingSchema,
    faults: z.array(faultSchema).max(1000),
    seed: z.number().int(),
  })
  .partial();

/** Settings to change; a setting that is left out stays, and `faults` replaces all rules. */
export interface SettingsPatch {
  speed?: Partial<Speed>;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  inference?: Partial<InferenceSettings>;
  openaiSpeech?: Partial<OpenaiSpeechSettings>;
  hearing?: Partial<HearingSettings>;
  faults?: FaultRule[];
  seed?: number;
}

/** Parses settings from JSON, or returns what is wrong with them as one line. */
export function parseSettingsPatch(value: unknown): SettingsPatch | { problem: string } {
  const parsed = patchSchema.safeParse(value);
  return parsed.success ? pruned(parsed.data) : { problem: problemOf(parsed.error) };
}

/**
 * Parses a fault in command-line notation: `drop`, `stall:rate=0.1,frame=2`, `noise:text=lamp`; or returns what is
 * wrong.
 */
export function parseFault(text: string): FaultRule | { problem: string } {
  const [kind = '', conditions = ''] = splitOnce(text, ':');
  const fields = conditions === '' ? {} : Object.fromEntries(conditions.split(',').map((pair) => pairOf(pair)));
  const parsed = faultSchema.safeParse({ kind, ...fields });
  if (parsed.success) return pruned(parsed.data);
  const kinds = Object.hasOwn(FAULTS, kind) ? '' : ` The faults are: ${Object.keys(FAULTS).join(', ')}.`;
  return { problem: `"${text}": ${problemOf(parsed.error)}.${kinds}` };
}

/**
 * Parses `name=value` settings of one group in command-line notation, such as `sessionsAtOnce=4`; or returns what is
 * wrong.
 */
export function readSettings(
  group: 'speed' | 'limits' | 'behaviour' | 'inference' | 'openaiSpeech' | 'hearing',
  pairs: readonly string[],
): SettingsPatch | { problem: string } {
  return parseSettingsPatch({ [group]: Object.fromEntries(pairs.map((pair) => pairOf(pair))) });
}

function pairOf(pair: string): [string, unknown] {
  const [name = '', value = ''] = splitOnce(pair, '=');
  // The text to match may look like a number but is not.
  return [name.trim(), name.trim() === 'text' ? value : plainValue(value)];
}

function plainValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'none') return null;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function problemOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ');
}

/** Removes the fields that are undefined: `{...defaults, x: undefined}` would lose the default. */
function pruned<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return JSON.parse(JSON.stringify(value), (_key, field) => (field === null ? Number.POSITIVE_INFINITY : field));
}
