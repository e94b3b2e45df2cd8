/**
 * The contract of an engine: something that clones a voice and speaks with it.
 *
 * An engine is a protocol with its addresses, limits and failures. What a model of it can do and costs stands in the
 * table of models (src/models.ts). Nothing outside src/speech/ and that table knows which engine speaks: processors get
 * one client and one speaker, which choose the engine by the model of each request (join-engines.ts).
 *
 * Every failure is a `PipelineError` whose `retry` says whether another try may help.
 */
import { PipelineError } from '../errors.ts';
import type { EngineName } from '../models/model.ts';

/** One engine, ready to work. Nothing is sent before the first call. */
export interface Engine {
  readonly name: EngineName;
  /** The voices of the account. */
  readonly enrolment: EnrolmentClient;
  readonly speaker: Speaker;
}

/** A recording to upload. */
export interface SampleFile {
  bytes: Uint8Array;
  mediaType: string;
}

/** The recording to clone, and how. */
export interface CreateVoiceRequest {
  /** The engine, where the model does not say it: one's own server. */
  engine?: EngineName | undefined;
  /** The model that the voice will be bound to. */
  model: string;
  /** Becomes part of the voice's ID, by which it is found when the answer was lost (`findByName`). */
  preferredName: string;
  /** The recording as a file (WAV, MP3 or M4A), or a public https URL where the service can fetch it. */
  audio: SampleFile | { url: string };
  /** Length of the recording in seconds, where it is known: some engines use only a part unless told. */
  sampleSeconds?: number | undefined;
  /** The words of the recording; only for models that use them (`usesTranscript`). */
  transcript?: string | undefined;
  /** ISO code of the language. */
  language?: string | undefined;
}

/** A voice stored at the service. */
export interface VoiceAtService {
  /** The service's ID; opaque except for the preferred name in it. */
  voiceId: string;
  /** The model that the voice is bound to; empty when the service's list does not say. */
  model: string;
  /** As the service gives it: `yyyy-MM-dd HH:mm:ss`, without a time zone; empty when it gives none. */
  createdAt: string;
}

/** A voice that was found by its name. */
export interface FoundVoice extends VoiceAtService {
  simulated: boolean;
  /** IDs of further voices with the same name and model, which are not used. */
  others?: readonly string[];
}

/** Calls sent since the client was made, including refused and throttled ones. */
export interface EnrolmentCounts {
  enroll: number;
  list: number;
  delete: number;
}

/** What may be given with a question about voices. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Told of every call to the service before it is sent: one question may need several. */
  onCall?: OnVoiceCall | undefined;
  /** Called and awaited before each request that makes a voice. When it rejects, that is not sent. `leave`: as of `onCommit`. */
  onCreate?: SpeakListener['onCommit'] | undefined;
}

/** Hears of a call by its kind. */
export type OnVoiceCall = (kind: keyof EnrolmentCounts) => void;

/** The voices of one account at one engine. `simulated` means that our simulator responded. */
export interface EnrolmentClient {
  /**
   * Clones a voice, and waits until it can speak. Do not retry blindly: each success is a new voice. After any error
   * except a plain refusal the voice may exist: look for it with `findByName` before the next attempt.
   */
  create(request: CreateVoiceRequest, options?: CallOptions): Promise<{ voiceId: string; simulated: boolean }>;
  /** One page of the account's voices; `pageIndex` is 0-based. */
  list(
    page: { pageSize: number; pageIndex: number },
    options?: CallOptions,
  ): Promise<{ voices: VoiceAtService[]; simulated: boolean }>;
  /** All voices of the account in the service's order. */
  listAll(options?: CallOptions): Promise<VoiceAtService[]>;
  /** The voice of this name that is bound to this model and can speak; undefined when there is none. */
  findByName(
    wanted: { preferredName: string; model: string; engine?: EngineName | undefined },
    options?: CallOptions,
  ): Promise<FoundVoice | undefined>;
  /** Deletes a voice permanently. Rejects with `voice-not-found` when there is none. */
  delete(voiceId: string, options?: CallOptions): Promise<{ simulated: boolean }>;
  counts(): EnrolmentCounts;
}

/** What to say, and how. */
export interface SpeakRequest {
  /** The engine, where the model does not say it: one's own server. */
  engine?: EngineName | undefined;
  model: string;
  /** The service's ID of an enrolled voice. */
  voiceId: string;
  /** The model's own name of the language: `English`, `en`, … or `Auto` (see `Model.languages`). */
  languageType: string;
  sampleRateHz: number;
  /** Not empty. */
  text: string;
  /** How to speak the text; only for models that take directions. */
  direction?: string | undefined;
  /** 1 to 65,535; only for models that take a seed. The same request with the same seed should sound the same. */
  seed?: number | undefined;
  /** Which take of the line it is, from 2; absent for the first. Only names the request; the service speaks as ever. */
  take?: number | undefined;
  /** The sample of the voice, for engines that get it with each text. */
  sample?: (() => Promise<SpokenSample>) | undefined;
}

/** A sample as it goes with a text. */
export interface SpokenSample extends SampleFile {
  transcript?: string | undefined;
}

/** Takes a piece of s16le mono PCM. While a returned promise is pending, the connection is paused. */
export type AudioSink = (chunk: Buffer) => void | Promise<void>;

/** Callbacks and options of one caller. */
export interface SpeakListener {
  /** Receives the pieces of speech in order. */
  onAudio: AudioSink;
  /** Told of each call to speak when it is sent, even if the service refuses it before it gets the text. */
  onCall?: () => void;
  /**
   * Called and awaited before each text is sent. When it rejects, it is not sent. Called again when the speaker sends the text again by itself. `leave` waits until the call may leave and
   * does all that comes before the text itself, such as connecting; it rejects when the text can not be sent. A listener that
   * counts what is sent calls it, and counts last; otherwise the speaker calls it.
   */
  onCommit?: (leave?: () => Promise<void>) => void | Promise<void>;
  /** Told of every call that asks for the voice, before it is sent: a text may have to wait for its voice. */
  onVoiceCall?: OnVoiceCall;
  signal?: AbortSignal;
  /** The waiting caller with the lowest number goes first; default 0. */
  priority?: number | undefined;
  /** Requests a new connection. Default: any. */
  fresh?: boolean;
  /**
   * Called when it turns out later that words of this speech may be missing: after `speak` has resolved, at most once or
   * twice. `shortCount` is undefined when the rest of the speech came too late.
   */
  onDoubt?: (shortCount: ShortCount | undefined) => void;
  /** Called when all speech has arrived; false drops the connection, because one that spoke badly may do so again. */
  isGood?: () => boolean;
}

/** Usage as the service reports it for one response; models count characters or tokens. */
export type Usage =
  | { characters: number }
  | {
      total_tokens: number;
      input_tokens: number;
      output_tokens: number;
      input_tokens_details?: { text_tokens: number };
      output_tokens_details?: { text_tokens: number; audio_tokens: number };
    };

/** When one word is heard, as the service tells it. */
export interface WordTime {
  /** The word as the service writes it. */
  text: string;
  /** From the start of the take, in seconds. */
  startSeconds: number;
  endSeconds: number;
}

/** Complete speech of one text. */
export interface SpokenTake {
  /** The connection that spoke; for people. */
  sessionId: string;
  /** The service's ID of the answer; for people. */
  responseId: string;
  /** Undefined when the service reported none. */
  usage: Usage | undefined;
  /** Bytes of s16le mono PCM; even and above 0. */
  byteLength: number;
  /** Our simulator spoke. */
  simulated: boolean;
  /** The seed that made it; absent when none was sent. */
  seed?: number;
  /** When each word is heard; absent when the service did not tell. */
  words?: readonly WordTime[];
  /** The service counted less than it does for such a text, so words may be missing; absent without that doubt. */
  shortCount?: ShortCount;
}

/** What the service counted for a text, in its own unit, and what it counts for such a text. */
export interface ShortCount {
  counted: number;
  expected: number;
}

/** Speaks texts over as many connections as the limits allow. */
export interface Speaker {
  /**
   * Speaks one text. Rejects with a PipelineError that says whether to retry; discard the audio received until then. A
   * take is complete only when every sign of the protocol says so.
   */
  speak(request: SpeakRequest, listener: SpeakListener): Promise<SpokenTake>;
  stats(): SpeakerStats;
  /**
   * Accepts no more work, waits for speech in progress, closes all connections. Abort the callers' signals to speed it
   * up.
   */
  close(): Promise<void>;
}

/** The state and the counters of a speaker. */
export interface SpeakerStats {
  /** Connections open or being opened. */
  open: number;
  /** Connections that speak a text. */
  busy: number;
  /** Connections opened since the start. */
  opened: number;
  /** Takes that arrived complete. */
  spoken: number;
  /** Texts sent, including failed ones. */
  commits: number;
  /** Throttle responses. */
  throttled: number;
}

/**
 * A response that the service completed but that has no audio, or audio that cannot be that of its text. Unlike broken-off
 * speech it is complete, and the service has reported what it billed. A new connection or another seed may help.
 */
export class SilentResponse extends PipelineError {
  /** Undefined when the service reported none. */
  readonly usage: Usage | undefined;

  /** What is wrong, for a person. */
  readonly problem: string;

  /** `problem`: what is wrong with the audio; absent when there is none. */
  constructor(usage: Usage | undefined, problem?: string) {
    const silent = 'The speech is not complete: the service sent a response without any audio.';
    super({ code: 'take-incomplete', message: problem ?? silent, retry: 'backoff' });
    this.usage = usage;
    this.problem = problem ?? 'The service reported complete speech but sent no audio.';
  }
}
