/** The body of a speech call: only the fields that the chosen profile documents, because others are dropped in silence. */
import type { SpokenSample } from '../engine.ts';
import {
  type CrispSpeechRequest,
  MAX_NEW_TOKENS_DEFAULT,
  type OpenaiSpeechProfile,
  type StrictSpeechRequest,
  VLLM_LANGUAGES,
  type VllmSpeechRequest,
} from './protocol.ts';

/** What to say, and with what. */
export interface SpeechOrder {
  model: string;
  text: string;
  languageType: string;
  seed?: number | undefined;
  /** A recording to clone for this text, or the name of a voice of the server. */
  voice: { sample: SpokenSample } | { name: string };
  /** Ask for the times of the words. */
  words: boolean;
  /** Output tokens after which the server may stop. */
  maxTokens?: number | undefined;
}

/** What an operator states to CrispASR. */
export interface Statements {
  consent?: string | undefined;
  marking?: string | undefined;
}

/** Format to ask for: a strict server may write any sizes into a header, so it gets none to write. */
export function formatOf(profile: OpenaiSpeechProfile): 'wav' | 'pcm' {
  return profile === 'openai-strict' ? 'pcm' : 'wav';
}

/** Output tokens after which a server of this profile stops; undefined when it counts none. */
export function tokenLimitOf(profile: OpenaiSpeechProfile, { maxTokens }: Pick<SpeechOrder, 'maxTokens'>) {
  return profile === 'vllm-omni' ? (maxTokens ?? MAX_NEW_TOKENS_DEFAULT) : undefined;
}

/**
 * The body: JSON in UTF-8, in pieces. A sample is most of it and goes with each text of its voice, so its piece is made once
 * and copied nowhere.
 */
export function bodyOf(order: SpeechOrder, profile: OpenaiSpeechProfile, statements: Statements = {}): Buffer[] {
  const [before = '', after] = jsonOf(order, profile, statements).split(SAMPLE_GOES_HERE);
  if (after === undefined || !('sample' in order.voice)) return [Buffer.from(before)];
  return [Buffer.from(before), base64Of(order.voice.sample.bytes), Buffer.from(after)];
}

/** No text can contain it. Base64 needs no escapes in JSON. */
const SAMPLE_GOES_HERE = `<${crypto.randomUUID()}>`;

function jsonOf(order: SpeechOrder, profile: OpenaiSpeechProfile, statements: Statements): string {
  const { model, text: input } = order;
  const basics = { input, model, response_format: formatOf(profile) } as const;
  const named = 'name' in order.voice ? { voice: order.voice.name } : {};
  switch (profile) {
    case 'vllm-omni':
      return JSON.stringify({ ...basics, ...named, ...vllmFields(order) } satisfies VllmSpeechRequest);
    case 'crispasr':
      return JSON.stringify({ ...basics, ...named, ...crispFields(order, statements) } satisfies CrispSpeechRequest);
    case 'openai-strict':
      return JSON.stringify({ ...basics, ...named } satisfies StrictSpeechRequest);
  }
}

function vllmFields(order: SpeechOrder): Partial<VllmSpeechRequest> {
  const { languageType, seed, voice, words } = order;
  const isKnown = (VLLM_LANGUAGES as readonly string[]).includes(languageType);
  return {
    ...('sample' in voice && sampleFields(voice.sample)),
    language: isKnown ? languageType : 'Auto',
    max_new_tokens: tokenLimitOf('vllm-omni', order) ?? MAX_NEW_TOKENS_DEFAULT,
    ...(seed !== undefined && { seed }),
    ...(words && { word_timestamps: true }),
  };
}

function sampleFields({ mediaType, transcript }: SpokenSample): Partial<VllmSpeechRequest> {
  return {
    task_type: 'Base',
    ref_audio: `data:${mediaType};base64,${SAMPLE_GOES_HERE}`,
    // Without the words of the sample only the speaker's vector can be used.
    ...(transcript === undefined ? { x_vector_only_mode: true } : { ref_text: transcript }),
  };
}

const encoded = new WeakMap<Uint8Array, Buffer>();

function base64Of(bytes: Uint8Array): Buffer {
  const known = encoded.get(bytes);
  if (known !== undefined) return known;
  const base64 = Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'));
  encoded.set(bytes, base64);
  return base64;
}

function crispFields(
  { languageType, seed }: SpeechOrder,
  { consent, marking }: Statements,
): Partial<CrispSpeechRequest> {
  return {
    ...(languageType !== 'Auto' && { language: languageType }),
    ...(seed !== undefined && { seed }),
    ...(consent !== undefined && { consent_attestation: consent }),
    // A server that was started with --accept-marking-responsibility wants no statement.
    spoken_disclaimer: false,
    ...(marking !== undefined && { marking_attestation: marking }),
  };
}
