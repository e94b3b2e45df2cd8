/**
 * A speech call to a CrispASR-like server: voices by name, no inline samples, and clones begin with a spoken notice
 * unless the caller takes over the marking.
 */
import { TEN_LANGUAGES } from '../../models/languages.ts';
import { MAX_INPUT_CHARACTERS, MAX_NEW_TOKENS_LIMIT } from '../../speech/openai-speech/protocol.ts';
import type { VoiceTraits } from '../voice-traits.ts';
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
import type { OpenaiSpeechSettings } from './settings.ts';
import { DEFAULT_VOICE, namedTraits, STOCK_VOICES } from './stock-voices.ts';

const FIELDS = [
  ...['input', 'model', 'voice', 'instructions', 'seed', 'temperature', 'max_new_tokens', 'frequency_penalty', 'top_p'],
  ...['top_k', 'repetition_penalty', 'do_sample', 'speed', 'response_format', 'language', 'target_lang', 'source_lang'],
  ...['ref_lang', 'ref_text', 'consent_attestation', 'speaker_identity', 'spoken_disclaimer', 'marking_attestation'],
] as const;

/** Validates a call. Throws a SpeechRefusal. */
export function crispOrder(body: Body, { settings, uploads }: OrderContext): SpeechOrder {
  if (settings.unknownFields === 'refuse') refuseUnknown(body, FIELDS);
  const text = inputText(body, settings.maxInputCharacters || MAX_INPUT_CHARACTERS);
  const format = soundFormat(body, ['wav', 'pcm', 'f32', 'mp3', 'aac', 'opus'], 'wav');
  const rate = speed(body);
  const identity = optionalText(body, 'speaker_identity') ?? 'unknown';
  if (!['real_person', 'synthetic', 'unknown'].includes(identity)) {
    throw badField('speaker_identity', 'speaker_identity is not known.', 'invalid_speaker_identity');
  }
  const name = optionalText(body, 'voice') ?? DEFAULT_VOICE;
  if (/[/\\\0]|^\.\.$/.test(name)) throw badField('voice', 'voice must be a name.', 'invalid_voice');
  const upload = uploads.find(name);
  if (upload !== undefined && (optionalText(body, 'consent_attestation') ?? '').trim() === '') {
    throw badField('consent_attestation', 'A cloned voice requires consent_attestation.', 'consent_required');
  }
  const seed = settings.knowsSeed ? optionalSeed(body) : undefined;
  const limit = { least: 1, most: MAX_NEW_TOKENS_LIMIT, whole: true };
  return {
    ...PLAIN_ORDER,
    text,
    format,
    // It resamples, which moves the pitch as well.
    speechRate: rate,
    pitchRate: rate,
    traits: upload?.traits ?? stockTraits(name),
    languageType: languageType(optionalText(body, 'language') ?? optionalText(body, 'target_lang')),
    // 0 is random.
    seed: seed === undefined || seed === 0 ? undefined : `${seed}`,
    maxTokens: optionalNumber(body, 'max_new_tokens', limit) ?? settings.maxNewTokens,
    textTokens: Math.ceil([...text].length / 3),
    bySentence: true,
    notice: upload === undefined ? 'skipped' : noticeOf(body, settings),
  };
}

/** An unknown voice is found out only by the model, so it is a failure of the synthesis. */
function stockTraits(name: string): VoiceTraits {
  if ((STOCK_VOICES as readonly string[]).includes(name)) return namedTraits(name);
  throw new SpeechRefusal(500, 'Synthesis failed.', { code: 'synthesis_failed' });
}

function noticeOf(body: Body, settings: OpenaiSpeechSettings): SpeechOrder['notice'] {
  if (flag(body, 'spoken_disclaimer', true)) return 'applied';
  const isAttested = (optionalText(body, 'marking_attestation') ?? '').trim() !== '';
  if (isAttested || settings.acceptsMarking) return 'skipped';
  if (settings.unattested === 'notice') return 'denied';
  const message = 'spoken_disclaimer: false requires marking_attestation.';
  throw badField('marking_attestation', message, 'marking_attestation_required');
}

function languageType(language: string | undefined): string {
  if (language === undefined) return 'Auto';
  const name = TEN_LANGUAGES[language.toLowerCase()] ?? language;
  return Object.values(TEN_LANGUAGES).find((known) => known.toLowerCase() === name.toLowerCase()) ?? 'Auto';
}
