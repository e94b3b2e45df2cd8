/** The group `openaiSpeech` of the settings as text, validated. */
import * as z from 'zod';
import { MAX_NEW_TOKENS_LIMIT, OPENAI_SPEECH_PROFILES } from '../../speech/openai-speech/protocol.ts';
import type { OpenaiSpeechSettings } from './settings.ts';

const count = z.number().int().min(0);
/** `null` means none, because JSON has no infinity. */
const limit = count.nullable().transform((value) => value ?? Number.POSITIVE_INFINITY);

/** A part of the settings. */
export const openaiSpeechSchema = z
  .strictObject({
    profile: z.enum(OPENAI_SPEECH_PROFILES),
    model: z.string().min(1),
    backend: z.string().min(1),
    namesItself: z.boolean(),
    ignoresRefAudio: z.boolean(),
    ignoresSampleRate: z.boolean(),
    knowsSeed: z.boolean(),
    honorsSeed: z.boolean(),
    unknownFields: z.enum(['profile', 'drop', 'refuse']),
    wavSizes: z.enum(['right', 'unknown', 'zero', 'too-big']),
    chunked: z.boolean(),
    workers: limit,
    retryAfterSeconds: limit,
    maxNewTokens: count.min(1).max(MAX_NEW_TOKENS_LIMIT),
    maxInputCharacters: limit,
    forcedAligner: z.boolean(),
    wordListBytes: limit,
    usageHeaders: z.boolean(),
    unattested: z.enum(['notice', 'refuse']),
    acceptsMarking: z.boolean(),
    voiceList: z.enum(['profile', 'names', 'objects']),
    existingVoice: z.enum(['profile', 'overwrite', 'refuse']),
  } satisfies Record<keyof OpenaiSpeechSettings, z.ZodType>)
  .partial();
