/** Receives the speech of one commit, or of one whole server_commit session, over an open channel. */
import type { Channel } from '../dashscope/channel.ts';
import type { AudioSink, Usage } from '../engine.ts';
import type { CommitOrder } from './commit-order.ts';
import type { ServerMessage } from './parse-events.ts';
import { createResponseCollector, type SpokenResponse } from './response-collector.ts';
import { LISTEN_MS, type RestWish, totalUsage, watchRest } from './rest-of-speech.ts';

/** What arrives, except for errors. */
export type SpeechMessage = Exclude<ServerMessage, { type: 'error' }>;

/** What to receive. */
export interface ReceiveOptions {
  endsWith: 'response' | 'session';
  sampleRateHz: number;
  onAudio: AudioSink;
  signal: AbortSignal | undefined;
  /** The order of events; only for commits. */
  order?: CommitOrder;
  /** Whether more responses may follow, by the usage of those that have ended. Default: none. */
  rest?: ((usage: Usage | undefined) => RestWish) | undefined;
  /** How long a session listens for more of a text before it is finished. Default 2,000. */
  listenMs?: number | undefined;
  /** Sends `session.finish`. */
  finish: () => void;
  /** Ends the channel. */
  giveUp: () => void;
  /** Told after each message whether the service has reacted. */
  onProgress: (answered: boolean) => void;
}

/** The responses of the speech; `endedSession`: the session was finished to get them all. */
export interface ReceivedSpeech {
  responses: readonly SpokenResponse[];
  endedSession: boolean;
}

/**
 * Waits for the speech. Call it before the text is sent. Rejects as `Session.speak` says; discard the audio received until
 * then.
 */
export async function receiveSpeech(channel: Channel<SpeechMessage>, of: ReceiveOptions): Promise<ReceivedSpeech> {
  const { endsWith, onAudio, signal, order, onProgress } = of;
  const collector = createResponseCollector(endsWith, of.sampleRateHz);
  const { finish, giveUp, rest: wish = () => 'none', listenMs = LISTEN_MS } = of;
  const rest = watchRest({ collector, wish, finish, giveUp, listenMs });
  let sinkFailed = false;
  const failed = (error: unknown): never => {
    sinkFailed = true;
    throw error;
  };
  const pass = (audio: Buffer): void | Promise<void> => {
    try {
      const working = onAudio(audio);
      return working === undefined ? undefined : working.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  const receiving = channel.wait(signal, (message) => {
    order?.check(message);
    const { audio, isComplete } = collector.accept(message);
    onProgress(collector.answered());
    if (audio.length > 0) channel.runInOrder(() => pass(audio));
    return rest.judge(message, isComplete);
  });
  try {
    await receiving;
  } catch (error) {
    // Whole responses were there before the session ended in another way than it should.
    if (!rest.hasEnough() || sinkFailed || signal?.aborted) throw error;
  } finally {
    rest.stop();
  }
  return { responses: collector.responses(), endedSession: rest.endsSession() };
}

/** Several responses to one text as one; `responses` is how many there were, if more than one. */
export function joined(responses: readonly SpokenResponse[]): SpokenResponse & { responses?: number } {
  const [first] = responses;
  if (first === undefined) throw new Error('Internal error: a complete take without a response');
  return {
    responseId: first.responseId,
    usage: totalUsage(responses.map(({ usage }) => usage)),
    byteLength: responses.reduce((sum, { byteLength }) => sum + byteLength, 0),
    ...(responses.length > 1 && { responses: responses.length }),
  };
}
