/**
 * Tells the speech of a text from what was left of an earlier one, by the order of the events of one session. No sockets
 * and no clocks.
 *
 * A service may answer one commit with two responses. The second one then comes when the next text is under way, and
 * would be taken for that text's. On a new session nothing can be left over, so its first text shows whether the service
 * confirms a commit before it speaks.
 */
import { PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { ServerMessage } from './parse-events.ts';

/** The rest of an earlier text, where speech of another one was due. The earlier takes of the session may lack words. */
export class LeftoverSpeech extends PipelineError {
  constructor() {
    super({
      code: 'protocol-violation',
      message: 'The service did not follow its protocol: it sent more of a text that it had already ended.',
      retry: 'backoff',
    });
  }
}

/** The order of events in one session. */
export interface CommitOrder {
  /** A text is about to be sent. */
  begin(): void;
  /** Throws `LeftoverSpeech` for speech that can not be that of the current text. */
  check(message: ServerMessage): void;
}

/** The order in a session that has not spoken yet. */
export function createCommitOrder(): CommitOrder {
  let texts = 0;
  let confirmed = false;
  let answered = false;
  let confirmsFirst = false;
  const earlierIds = new Set<string>();
  const ids = new Set<string>();
  return {
    begin() {
      texts += 1;
      confirmed = false;
      answered = false;
      for (const id of ids) earlierIds.add(id);
      ids.clear();
    },
    check(message) {
      if (message.type === 'committed') confirmed = true;
      if (message.type !== 'response.created' && message.type !== 'audio') return;
      const { responseId } = message;
      // A service that gives all responses one ID says nothing with it.
      const idsDiffer = texts > 2 && earlierIds.size === texts - 1;
      if (responseId !== undefined && idsDiffer && earlierIds.has(responseId)) throw new LeftoverSpeech();
      if (responseId !== undefined) ids.add(responseId);
      if (answered) return;
      answered = true;
      if (texts === 1) confirmsFirst = confirmed;
      else if (confirmsFirst && !confirmed) throw new LeftoverSpeech();
    },
  };
}

/** Whether a message is, or announces, speech. */
export function isSpeech({ type }: ServerMessage): boolean {
  return type === 'audio' || type === 'response.created';
}

/**
 * For messages while no response is pending: speech then means that an earlier take was incomplete, or that the next one
 * would not be ours.
 */
export function throwIfUnsolicited(message: ServerMessage): void {
  if (isSpeech(message)) throw protocolViolation('speech that was not requested');
  if (message.type === 'session.finished') throw protocolViolation('the end of a session that was not finished');
}
