/**
 * Decides when speech is complete, from the events of one commit (or of one whole server_commit session).
 *
 * No sockets and no clocks here, only the rules. A response counts once `response.done` says `completed` and it had an
 * even, positive number of bytes. The order of the other closing events, a missing `committed` and the size of the
 * pieces do not matter.
 */
import { PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import { SilentResponse, type Usage } from '../engine.ts';
import type { ServerMessage } from './parse-events.ts';

/** One completed response. */
export interface SpokenResponse {
  responseId: string;
  /** Undefined when the service reported none. */
  usage: Usage | undefined;
  /** Bytes of s16le mono PCM; even and above 0. */
  byteLength: number;
}

/** Collects the responses of arriving speech. */
export interface ResponseCollector {
  /**
   * Takes one message. Returns true when the speech is complete. Throws `take-incomplete` when it can no longer become
   * complete, and `protocol-violation` when the events contradict each other; in both cases a new session may help.
   */
  accept(message: ServerMessage): boolean;
  /** The service has reacted to our text, so it may have been billed. */
  answered(): boolean;
  /** Completed responses in the order in which they ended. */
  responses(): readonly SpokenResponse[];
  /** A response has begun and has not ended. */
  isSpeaking(): boolean;
  /** From now on the speech ends with the session: one response was not all of it, or may not be. */
  awaitSession(): void;
}

/** Longest plausible response in seconds; limits what a broken one can make us store. */
const MAX_RESPONSE_SECONDS = 1_800;

/** A collector that ends with the one response of a commit, or with the session for `server_commit`. */
export function createResponseCollector(ends: 'response' | 'session', sampleRateHz: number): ResponseCollector {
  let endsWith = ends;
  const maxBytes = MAX_RESPONSE_SECONDS * sampleRateHz * 2;
  const done: SpokenResponse[] = [];
  let current: { id: string | undefined; byteLength: number } | undefined;
  let answered = false;

  const responseOf = (id: string | undefined) => {
    if (id !== undefined && done.some((response) => response.responseId === id)) {
      throw protocolViolation('more of a response that it had already ended');
    }
    current ??= { id, byteLength: 0 };
    current.id ??= id;
    if (id !== undefined && current.id !== id) throw protocolViolation('two interleaved responses');
    return current;
  };

  const acceptAudio = (id: string | undefined, byteLength: number) => {
    if (byteLength % 2 !== 0) throw incomplete('a piece of audio with half a sample in it');
    const response = responseOf(id);
    response.byteLength += byteLength;
    if (response.byteLength > maxBytes) throw protocolViolation('endless speech');
  };

  return {
    accept(message) {
      switch (message.type) {
        case 'audio':
          answered = true;
          acceptAudio(message.responseId, message.audio.length);
          return false;
        case 'committed':
          answered = true;
          return false;
        case 'response.created':
          answered = true;
          responseOf(message.responseId);
          return false;
        case 'response.done': {
          answered = true;
          const { byteLength } = responseOf(message.responseId);
          if (message.status !== 'completed') throw incomplete(`a response that ended as "${message.status}"`);
          if (byteLength === 0) throw new SilentResponse(message.usage);
          done.push({ responseId: message.responseId, usage: message.usage, byteLength });
          current = undefined;
          return endsWith === 'response';
        }
        case 'session.finished':
          if (endsWith === 'response' || current !== undefined) throw incomplete('the end of the session too early');
          if (done.length === 0) throw incomplete('the end of the session without any audio');
          return true;
        default:
          return false;
      }
    },
    answered: () => answered,
    responses: () => done,
    isSpeaking: () => current !== undefined,
    awaitSession() {
      endsWith = 'session';
    },
  };
}

function incomplete(what: string): PipelineError {
  return new PipelineError({
    code: 'take-incomplete',
    message: `The speech is not complete: the service sent ${what}.`,
    retry: 'backoff',
  });
}
