/**
 * A speech call to vLLM-Omni with Qwen3-TTS. Its schema is permissive: a field that it does not know is dropped without
 * a word, and then a voice of its own speaks.
 */
import {
  MAX_INSTRUCTIONS_CHARACTERS,
  MAX_NEW_TOKENS_LIMIT,
  NATIVE_RATE_HZ,
  TOKENS_PER_SECOND,
  VLLM_LANGUAGES,
} from '../../speech/openai-speech/protocol.ts';
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';
import {
  type Body,
  flag,
  inputText,
  optionalNumber,
  optionalSeed,
  optionalText,
  PLAIN_ORDER,
  refuseUnknown,
  soundFormat,
  speed,
} from './fields.ts';
import type { SpeechOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { badField, SpeechRefusal } from './refusal.ts';
import { voiceInRefAudio } from './sample-voice.ts';
import { DEFAULT_VOICE, namedTraits, STOCK_VOICES, vectorOnlyTraits } from './stock-voices.ts';

/** Every field of the request; `seed` only of newer servers. */
export const VLLM_FIELDS = [
  ...['input', 'model', 'voice', 'speaker', 'instructions', 'response_format', 'speed', 'stream', 'stream_format'],
  ...['sample_rate', 'task_type', 'language', 'max_new_tokens', 'ref_audio', 'ref_text', 'x_vector_only_mode'],
  ...['speaker_embedding', 'seed', 'word_timestamps', 'references', 'initial_codec_chunk_frames'],
  ...['non_streaming_mode', 'extra_params'],
] as const;

/** Validates a call. Throws a SpeechRefusal. */
export async function vllmOrder(body: Body, context: OrderContext): Promise<SpeechOrder> {
  const { settings } = context;
  const known = VLLM_FIELDS.filter((field) => field !== 'seed' || settings.knowsSeed);
  if (settings.unknownFields === 'refuse') refuseUnknown(body, known);
  checkModel(body, context.model);
  const text = inputText(body, settings.maxInputCharacters || Number.POSITIVE_INFINITY);
  const format = soundFormat(body, ['wav', 'pcm', 'flac', 'mp3', 'opus'], 'wav');
  const delivery = deliveryOf(body);
  const speechRate = speed(body);
  if (delivery !== 'body' && speechRate !== 1) throw badField('speed', 'Streaming requires speed 1.0.');
  const wantsWordTimes = flag(body, 'word_timestamps');
  if (wantsWordTimes && !settings.forcedAligner) {
    throw badField('word_timestamps', 'word_timestamps requires the server flag --forced-aligner.');
  }
  if (wantsWordTimes && delivery !== 'body') {
    throw badField('word_timestamps', 'word_timestamps cannot be used with streaming.');
  }
  const language = optionalText(body, 'language') ?? 'Auto';
  if (!(VLLM_LANGUAGES as readonly string[]).includes(language)) {
    throw badField('language', `Invalid language '${language}'. Supported: ${VLLM_LANGUAGES.join(', ')}`);
  }
  if ([...(optionalText(body, 'instructions') ?? '')].length > MAX_INSTRUCTIONS_CHARACTERS) {
    throw badField('instructions', `Instructions too long (max ${MAX_INSTRUCTIONS_CHARACTERS} characters)`);
  }
  const rate = optionalNumber(body, 'sample_rate', { least: 1, most: 192_000, whole: true });
  const seed = settings.knowsSeed ? optionalSeed(body) : undefined;
  const limit = { least: 1, most: MAX_NEW_TOKENS_LIMIT, whole: true };
  const voice = await voiceOf(body, context);
  const reading = [optionalText(body, 'instructions'), voice.refText];
  return {
    ...PLAIN_ORDER,
    text,
    format,
    delivery,
    speechRate,
    wantsWordTimes,
    traits: voice.traits,
    languageType: language,
    seed: seed === undefined ? undefined : JSON.stringify([seed, ...reading]),
    sampleRateHz: settings.ignoresSampleRate ? NATIVE_RATE_HZ : (rate ?? NATIVE_RATE_HZ),
    maxTokens: optionalNumber(body, 'max_new_tokens', limit) ?? settings.maxNewTokens,
    textTokens: Math.ceil([...text].length / 3) + 5,
    audioTokens: voice.audioTokens,
  };
}

function checkModel(body: Body, served: string): void {
  const model = optionalText(body, 'model');
  if (model !== undefined && model !== served) {
    throw new SpeechRefusal(404, `The model \`${model}\` does not exist.`, { param: 'model' });
  }
}

/** `stream: true` alone streams events, and so does `stream_format: "sse"`; `audio` with `stream` streams the body. */
function deliveryOf(body: Body): SpeechOrder['delivery'] {
  const stream = flag(body, 'stream');
  const form = body['stream_format'] ?? undefined;
  if (form !== undefined && form !== 'sse' && form !== 'audio') {
    throw badField('stream_format', "stream_format must be 'sse' or 'audio'.");
  }
  if (form === 'sse') return 'events';
  if (!stream) return 'body';
  return form === 'audio' ? 'stream' : 'events';
}

interface Voice {
  traits: VoiceTraits;
  audioTokens: number;
  refText?: string | undefined;
}

async function voiceOf(body: Body, context: OrderContext): Promise<Voice> {
  const { refAudio, refText } = reference(body);
  const name = voiceName(body);
  const upload = name === undefined ? undefined : context.uploads.find(name);
  const embedding = body['speaker_embedding'] ?? undefined;
  const impliesBase = refAudio !== undefined || refText !== undefined || upload !== undefined;
  const kind = modelKind(context.model);
  const task = body['task_type'] ?? (impliesBase || embedding !== undefined ? 'Base' : undefined);
  if (task !== undefined && task !== 'Base' && task !== 'CustomVoice' && task !== 'VoiceDesign') {
    throw badField('task_type', "task_type must be 'CustomVoice', 'VoiceDesign' or 'Base'.");
  }
  if (task !== undefined && task !== kind) {
    throw badField('task_type', `Qwen3-TTS ${kind} checkpoint does not support task_type='${task}'.`);
  }
  const vectorOnly = flag(body, 'x_vector_only_mode');
  if (embedding !== undefined) return { traits: embeddingTraits(embedding, refAudio, context.model), audioTokens: 0 };
  if (refAudio !== undefined) {
    const heard = await voiceInRefAudio(refAudio, context);
    if (context.settings.ignoresRefAudio) return { traits: namedTraits(DEFAULT_VOICE), audioTokens: 0 };
    return cloned(heard, refText, vectorOnly);
  }
  if (upload !== undefined) return cloned(upload, refText ?? upload.ref_text, vectorOnly);
  if (task === 'Base') throw badField('ref_audio', "Base task requires 'ref_audio' for voice cloning");
  if (name !== undefined && !(STOCK_VOICES as readonly string[]).includes(name.toLowerCase())) {
    throw badField('voice', `Invalid speaker '${name}'. Supported: ${STOCK_VOICES.join(', ')}`);
  }
  return { traits: namedTraits(name?.toLowerCase() ?? DEFAULT_VOICE), audioTokens: 0 };
}

/** With the words of the sample the likeness is better, and its tokens are counted. */
function cloned(
  { traits, seconds }: { traits: VoiceTraits; seconds?: number | undefined },
  refText: string | undefined,
  vectorOnly: boolean,
): Voice {
  if (refText === undefined || refText === '' || vectorOnly)
    return { traits: vectorOnlyTraits(traits), audioTokens: 0 };
  return { traits, audioTokens: Math.max(1, Math.round((seconds ?? 5) * TOKENS_PER_SECOND)), refText };
}

/** `ref_audio` and `ref_text`, or the only entry of `references`. */
function reference(body: Body): { refAudio: unknown; refText: string | undefined } {
  const list = body['references'] ?? undefined;
  if (list === undefined) return { refAudio: body['ref_audio'] ?? undefined, refText: optionalText(body, 'ref_text') };
  const [first, ...others] = Array.isArray(list) ? (list as unknown[]) : [];
  if (typeof first !== 'object' || first === null || others.length > 0) {
    throw badField('references', 'references must have exactly one entry.');
  }
  return { refAudio: (first as Body)['audio_path'], refText: optionalText(first as Body, 'text') };
}

function voiceName(body: Body): string | undefined {
  const voice = body['voice'] ?? body['speaker'] ?? undefined;
  if (typeof voice !== 'object' || voice === null) return optionalText({ voice }, 'voice');
  return optionalText(voice as Body, 'id');
}

/** The kind of a checkpoint by its name. */
function modelKind(model: string): 'Base' | 'CustomVoice' | 'VoiceDesign' {
  if (model.includes('CustomVoice')) return 'CustomVoice';
  return model.includes('VoiceDesign') ? 'VoiceDesign' : 'Base';
}

function embeddingTraits(embedding: unknown, refAudio: unknown, model: string): VoiceTraits {
  const FIELD = 'speaker_embedding';
  if (refAudio !== undefined) throw badField(FIELD, 'speaker_embedding and ref_audio exclude each other.');
  const length = model.includes('0.6B') ? 1024 : 2048;
  const isVector = Array.isArray(embedding) && embedding.every((value) => typeof value === 'number');
  if (!isVector || embedding.length !== length) throw badField(FIELD, `speaker_embedding must have ${length} numbers.`);
  return voiceTraits(JSON.stringify(embedding), undefined);
}
