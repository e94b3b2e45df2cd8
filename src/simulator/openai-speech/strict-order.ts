/** A speech call to OpenAI: only what it documents. It has no seed, no language and no samples. */
import { MAX_INPUT_CHARACTERS } from '../../speech/openai-speech/protocol.ts';
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';
import { type Body, inputText, optionalText, PLAIN_ORDER, refuseUnknown, soundFormat, speed } from './fields.ts';
import type { SpeechOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { badField, SpeechRefusal } from './refusal.ts';
import { namedTraits, OPENAI_VOICES } from './stock-voices.ts';

const FIELDS = ['input', 'model', 'voice', 'instructions', 'response_format', 'speed', 'stream_format'] as const;
/** OpenAI's models, besides the one that is set. */
export const OPENAI_MODELS = ['tts-1', 'tts-1-hd', 'gpt-4o-mini-tts', 'gpt-4o-mini-tts-2025-12-15'] as const;

/** Validates a call. Throws a SpeechRefusal. */
export function strictOrder(body: Body, { settings, model: served }: OrderContext): SpeechOrder {
  if (settings.unknownFields !== 'drop') refuseUnknown(body, FIELDS);
  const model = optionalText(body, 'model');
  if (model === undefined) throw badField('model', 'you must provide a model parameter', 'missing_required_field');
  if (model !== served && !(OPENAI_MODELS as readonly string[]).includes(model)) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    throw new SpeechRefusal(404, message, { code: 'model_not_found', param: 'model' });
  }
  const text = inputText(body, settings.maxInputCharacters || MAX_INPUT_CHARACTERS);
  const format = soundFormat(body, ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'], 'mp3');
  const form = optionalText(body, 'stream_format') ?? 'audio';
  if (form !== 'audio' && form !== 'sse') throw badField('stream_format', 'stream_format must be sse or audio.');
  if (form === 'sse' && model.startsWith('tts-1')) {
    throw badField('stream_format', `sse is not supported for ${model}.`);
  }
  optionalText(body, 'instructions');
  return {
    ...PLAIN_ORDER,
    text,
    format,
    speechRate: speed(body),
    traits: voiceOf(body['voice']),
    delivery: form === 'sse' ? 'events' : 'body',
    maxTokens: settings.maxNewTokens,
    textTokens: Math.ceil([...text].length / 4),
  };
}

function voiceOf(voice: unknown): VoiceTraits {
  if (voice === undefined) throw badField('voice', 'you must provide a voice parameter', 'missing_required_field');
  const id = typeof voice === 'object' && voice !== null && 'id' in voice ? voice.id : undefined;
  if (typeof id === 'string' && id.startsWith('voice_')) return voiceTraits(id, undefined);
  if (typeof voice === 'string' && (OPENAI_VOICES as readonly string[]).includes(voice)) return namedTraits(voice);
  throw badField('voice', `voice must be one of ${OPENAI_VOICES.join(', ')}, or {"id": "voice_…"}.`, 'invalid_value');
}
