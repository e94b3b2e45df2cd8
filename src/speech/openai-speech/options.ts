/** What the engine needs to know of one's own server, and how patient it is. */
import type { RateLimiter, Semaphore } from '../../limits.ts';
import type { OpenaiSpeechProfile } from './protocol.ts';

/** Options of the engine. */
export interface OpenAiSpeechOptions {
  /** `http://host:8000/v1`; the path of speech is added to it. */
  url: string;
  /** Undefined: the server wants none. */
  apiKey?: string | undefined;
  /** Which fields the server understands. */
  profile: OpenaiSpeechProfile;
  /**
   * Whether the run counts on our simulator. An answer of the other kind is refused: its takes would be stored under the
   * wrong realm. Undefined: either will do.
   */
  simulated?: boolean | undefined;
  /** Accept samples even if nothing proves that the server uses them, and speech of any length. Default: no. */
  acceptUnproven?: boolean | undefined;
  /** CrispASR: sent as `consent_attestation`, without which it clones no recording. */
  consent?: string | undefined;
  /** CrispASR: sent as `marking_attestation`, with the wish to leave out the spoken notice. */
  marking?: string | undefined;
  /** Most calls at once in this process. Default 1: many servers speak one text at a time. */
  maxCalls?: number | undefined;
  /** Slots for calls at once over all machines. */
  slots?: Semaphore | undefined;
  /** Pauses all calls of the account after a throttle. */
  limiter?: ((model: string) => RateLimiter) | undefined;
  /** Longest wait for an answer to begin. Default 600,000: it begins when all is spoken, and others may be first. */
  answerTimeoutMs?: number | undefined;
  /** Longest silence within an answer. Default 60,000. */
  idleTimeoutMs?: number | undefined;
  /** Longest wait for a short question to the server. Default 10,000. */
  askTimeoutMs?: number | undefined;
  /** Longest wait for a server that loads its model. Default 600,000. */
  loadingLimitMs?: number | undefined;
  /** How soon to ask a loading server again if it does not say. Default 5,000. */
  loadingPollMs?: number | undefined;
}

/** The server of the options. */
export interface OwnServer {
  /** Without a slash or `/v1` at the end. */
  root: string;
  apiKey: string | undefined;
  profile: OpenaiSpeechProfile;
}

/** The server at `…/v1`, or at an address without it. */
export function ownServer({ url, apiKey, profile }: OpenAiSpeechOptions): OwnServer {
  return { root: url.replace(/\/+$/, '').replace(/\/v1$/, ''), apiKey, profile };
}
