/** The group `inference` of the settings as text, validated. */
import * as z from 'zod';
import type { InferenceSettings } from './settings.ts';

const milliseconds = z.number().min(0).max(86_400_000);
const count = z.number().int().min(0);
/** `null` means no limit, because JSON has no infinity. */
const limit = count.nullable().transform((value) => value ?? Number.POSITIVE_INFINITY);
/** On the command line a list is separated by commas. */
const names = z.union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))]);

/** A part of the settings. */
export const inferenceSchema = z
  .strictObject({
    textGapMs: milliseconds,
    idleCloseMs: milliseconds,
    frameBytes: count,
    cutAt: z.enum(['sentence', 'comma']),
    words: z.enum(['none', 'empty', 'end', 'growing']),
    wordTimes: z.enum(['sentence', 'task']),
    wordIndices: z.enum(['utf-16', 'code-point']),
    hanWords: z.enum(['character', 'run']),
    lastOriginalText: z.boolean(),
    usage: z.enum(['model', 'characters', 'tokens', 'both', 'none']),
    usageIn: z.enum(['both', 'sentence-end', 'finished']),
    tokensPerSecond: z.number().min(0),
    resultsIn: z.enum(['output', 'payload', 'both']),
    textLimitCounts: z.enum(['units', 'characters']),
    seedHonored: z.boolean(),
    seedZero: z.enum(['fixed', 'random']),
    rules30: z.enum(['october', 'july']),
    instructionCharacters: limit,
    retired: names,
    retiredForm: z.enum(['access-denied', 'not-found', 'invalid', 'close', 'silence']),
    tasksPerSecond: limit,
    tasksPerMinute: limit,
    connectionsAtOnce: limit,
    throttleForm: z.enum(['handshake', 'task-failed', 'close']),
    voiceCallsPerSecond: limit,
    voices: limit,
    deployingPolls: count,
    deployedAs: z.enum(['OK', 'UNDEPLOYED']),
    deployingVoice: z.enum(['refused', 'silent']),
    // A number on the command line.
    badSample: z.union([z.enum(['430', '500']), z.literal([430, 500]).transform((status) => `${status}` as const)]),
    listCap: limit,
    dataUri: z.boolean(),
    resourceLink: z.boolean(),
    sseLines: z.enum(['one', 'many']),
    sseStop: z.boolean(),
    resultUrl: z.enum(['ok', 'missing', 'expired']),
  } satisfies Record<keyof InferenceSettings, z.ZodType>)
  .partial();
