/**
 * Decides when speech is complete, from the events of one commit (or of one whole server_commit session).
 *
 * No sockets and no clocks here, only the rules. A response counts once `response.done` says `completed`, or nothing, and
 * it had at least one sample, and no half of one at its end. A piece of audio may split a sample. The order of the other closing events, a missing `committed` and the size of the
 * pieces do not matter.
 */
import { PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import { joinSamples, type WholeSamples } from '../dashscope/whole-samples.ts';
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
   * Takes one message. Returns the audio in it, as whole samples, and whether the speech is complete. Throws `take-incomplete` when it can no longer become
   * complete, and `protocol-violation` when the events contradict each other; in both cases a new session may help.
   */
  accept(message: ServerMessage): { audio: Buffer; isComplete: boolean };
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
const NOTHING = Buffer.alloc(0);

/** A collector that ends with the one response of a commit, or with the session for `server_commit`. */
export function createResponseCollector(ends: 'response' | 'session', sampleRateHz: number): ResponseCollector {
  let endsWith = ends;
  const maxBytes = MAX_RESPONSE_SECONDS * sampleRateHz * 2;
  const done: SpokenResponse[] = [];
  let current: { id: string | undefined; byteLength: number; samples: WholeSamples } | undefined;
  let answered = false;

  const responseOf = (id: string | undefined) => {
    if (id !== undefined && done.some((response) => response.responseId === id)) {
      throw protocolViolation('more of a response that it had already ended');
    }
    current ??= { id, byteLength: 0, samples: joinSamples() };
    current.id ??= id;
    if (id !== undefined && current.id !== id) throw protocolViolation('two interleaved responses');
    return current;
  };

  const acceptAudio = (id: string | undefined, piece: Buffer): Buffer => {
    const response = responseOf(id);
    response.byteLength += piece.length;
    if (response.byteLength > maxBytes) throw protocolViolation('endless speech');
    return response.samples.push(piece);
  };

  const acceptDone = ({ responseId: told, status, usage }: ServerMessage & { type: 'response.done' }): void => {
    const { id, byteLength, samples } = responseOf(told);
    // A server that says that it has ended, and not how, has ended as it should.
    if (status !== undefined && status !== 'completed') throw incomplete(`a response that ended as "${status}"`);
    if (byteLength === 0) throw new SilentResponse(usage);
    if (samples.hasHalf()) throw incomplete('audio that ends in the middle of a sample');
    done.push({ responseId: id ?? '', usage, byteLength });
    current = undefined;
  };

  /** Returns whether the speech is complete. */
  const acceptOther = (message: ServerMessage): boolean => {
    switch (message.type) {
      case 'committed':
        answered = true;
        return false;
      case 'response.created':
        answered = true;
        responseOf(message.responseId);
        return false;
      case 'response.done':
        answered = true;
        acceptDone(message);
        return endsWith === 'response';
      case 'session.finished':
        if (endsWith === 'response' || current !== undefined) throw incomplete('the end of the session too early');
        if (done.length === 0) throw incomplete('the end of the session without any audio');
        return true;
      default:
        return false;
    }
  };

  return {
    accept(message) {
      if (message.type !== 'audio') return { audio: NOTHING, isComplete: acceptOther(message) };
      answered = true;
      return { audio: acceptAudio(message.responseId, message.audio), isComplete: false };
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
