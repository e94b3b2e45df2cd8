/**
 * One connection: a socket that speaks one task after the other, for any voice and model.
 *
 *   connect ─► idle ─► run-task ─► task-started ─► continue-task, finish-task ─► task-finished ─► idle ─► closed
 *
 * Nothing but the key is bound to the socket. Any error at any point ends it: binary frames do not name their task, so
 * what is still on its way would be taken for the next one.
 */
import { randomUUID } from 'node:crypto';
import { interrupted, PipelineError } from '../../errors.ts';
import type { CallKey } from '../dashscope/api-key.ts';
import { Channel } from '../dashscope/channel.ts';
import { type Connection, connectWithKey, socketUrl } from '../dashscope/connect.ts';
import { withDeadline } from '../dashscope/deadline.ts';
import { closeFailure, failureOf, modelUnknown } from '../dashscope/failures.ts';
import type { Lendable } from '../dashscope/lendable.ts';
import { SilentEnd } from '../dashscope/model-watch.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { Refusal, RefusalContext } from '../dashscope/refusal.ts';
import type { AudioSink, SpeakRequest, SpokenTake } from '../engine.ts';
import { parseFrame, type TaskMessage } from './parse-messages.ts';
import { createTaskCollector, type TaskCollector } from './task-collector.ts';
import { countsOf, isKnownModel, type TaskMessages, taskMessages } from './task-messages.ts';

/** Options of a connection. */
export interface OpenTaskSessionOptions {
  /** `wss://…/api-ws/v1/inference`. */
  inferenceUrl: string;
  apiKey: string;
  /** The key of the handshake. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey;
  /** Longest handshake; default 15,000. */
  handshakeTimeoutMs?: number;
  /** Longest silence of the service while speech is due; default 30,000. */
  idleTimeoutMs?: number;
}

/** How the service has taken a task so far. */
export interface TaskProgress {
  /** The service has accepted the task, so it may have been billed. */
  readonly started: boolean;
  /** The service has begun to speak. */
  readonly answered: boolean;
  /** Audio has been passed on. */
  readonly heard: boolean;
  /** The service's words, when it failed the task. */
  readonly refusal: Refusal | undefined;
}

/**
 * Opens a connection; `model` only serves messages. Rejects with a PipelineError: refusals as in failures.ts,
 * `service-unreachable` (worth a retry), `interrupted`.
 */
export async function openTaskSession(
  options: OpenTaskSessionOptions & { model: string; signal: AbortSignal },
): Promise<TaskSession> {
  const { signal, handshakeTimeoutMs = 15_000 } = options;
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The service did not open a connection within ${handshakeTimeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  return withDeadline({ limitMs: handshakeTimeoutMs, signal, what: 'opening a session', onTimeout }, async (within) => {
    const url = socketUrl(options.inferenceUrl, 'DASHSCOPE_INFERENCE_URL');
    return new TaskSession(await connectWithKey({ ...options, url }, within), options);
  });
}

/** How a task is run. */
interface TaskOptions {
  signal?: AbortSignal | undefined;
  /** Ask when each word is heard. */
  wantsWords: boolean;
}

interface Task {
  id: string;
  request: SpeakRequest;
  messages: TaskMessages;
  collector: TaskCollector;
  /** Its text has left. */
  isSent: boolean;
  heard: boolean;
  refusal: Refusal | undefined;
}

/** An open connection, made by `openTaskSession`. Speaks one text at a time. */
export class TaskSession implements Lendable {
  readonly closed: Promise<void>;
  /** Ours, because the service gives a socket no name. */
  readonly id = `socket-${randomUUID()}`;
  /** The server is our simulator. */
  readonly simulated: boolean;
  readonly #channel: Channel<TaskMessage>;
  readonly #apiKey: string;
  #task: Task | undefined;
  /** The last message announced audio of a task that is not ours. */
  #awaitsForeignAudio = false;
  /** The service has spoken over this socket. */
  #hasSpoken = false;

  constructor(connection: Connection, { apiKey, idleTimeoutMs = 30_000 }: OpenTaskSessionOptions) {
    this.simulated = connection.simulated;
    this.#apiKey = apiKey;
    this.#channel = new Channel(connection, {
      apiKey,
      idleTimeoutMs,
      parse: (frame, isBinary) => this.#parse(frame, isBinary),
      onUnsolicited,
      onClose: (code, reason) => this.#closeFailure(code, reason),
    });
    this.closed = this.#channel.closed;
  }

  /** False after any error and once the connection is being closed. */
  get usable(): boolean {
    return this.#channel.usable;
  }

  /** Of the current task, or of the last one. */
  get progress(): TaskProgress {
    const { collector, heard = false, refusal } = this.#task ?? {};
    return { started: collector?.started() ?? false, answered: collector?.answered() ?? false, heard, refusal };
  }

  /**
   * Begins the task of a request, until the service has accepted it: its text has not left yet, so nothing is owed. Rejects like
   * `speak`; called again, when the connection has ended since. The service waits 23 s for the text.
   */
  async begin(request: SpeakRequest, { signal, wantsWords }: TaskOptions): Promise<void> {
    if (this.#isBegun(request)) return this.#channel.throwIfEnded();
    const { text, sampleRateHz, model } = request;
    const collector = createTaskCollector({ text, sampleRateHz, counts: countsOf(model) });
    const id = randomUUID();
    const messages = taskMessages(id, request, wantsWords);
    const task: Task = { id, request, messages, collector, isSent: false, heard: false, refusal: undefined };
    this.#task = task;
    const accepted = this.#channel.wait(signal, (message) => {
      collector.accept(message);
      return collector.started();
    });
    this.#send(messages.run);
    await accepted;
  }

  /**
   * Speaks one text as one task, until its `task-finished`; begins it first, unless it has begun. Rejects with `session-lost`,
   * `take-incomplete` or `protocol-violation` (worth a retry on a new connection), a refusal, `interrupted`, or an error of the
   * sink. The connection is then over; discard the audio received so far.
   */
  async speak(
    request: SpeakRequest,
    { onAudio, ...options }: TaskOptions & { onAudio: AudioSink },
  ): Promise<SpokenTake> {
    if (!this.#isBegun(request)) await this.begin(request, options);
    const task = this.#task!;
    const { id, messages, collector } = task;
    const receiving = this.#channel.wait(options.signal, (message) => this.#receive(message, task, onAudio));
    // The whole text at once: the service waits at most 23 s for more, and reads marks of feeling only so.
    task.isSent = true;
    this.#send(messages.text);
    this.#send(messages.finish);
    await receiving;
    const spoken = collector.result();
    if (spoken === undefined) throw new Error('Internal error: a complete task without speech');
    this.#hasSpoken = true;
    const { usage, byteLength, words } = spoken;
    return {
      sessionId: this.id,
      responseId: id,
      usage,
      byteLength,
      simulated: this.simulated,
      ...(request.seed === undefined ? {} : { seed: request.seed }),
      ...(words === undefined ? {} : { words }),
    };
  }

  /** Closes an idle connection properly. May be called twice; never rejects. */
  async finish(): Promise<void> {
    await this.#channel.close();
  }

  /** Ends the connection at once. An open `speak` rejects with `interrupted`. May be called twice. */
  destroy(): void {
    this.#channel.end(interrupted('speaking'));
  }

  /** The task of this very request waits for its text. */
  #isBegun(request: SpeakRequest): boolean {
    return this.#task?.request === request && !this.#task.isSent;
  }

  #send(message: TaskMessages[keyof TaskMessages]): void {
    this.#channel.send(JSON.stringify(message));
  }

  #receive(message: TaskMessage, task: Task, onAudio: AudioSink): boolean {
    const audio = task.collector.accept(message);
    if (audio.length > 0) {
      task.heard = true;
      this.#channel.runInOrder(() => onAudio(audio));
    }
    return task.collector.result() !== undefined;
  }

  /**
   * A message of another task is none of ours, whatever it says. A failure that names no task is. Audio right after a
   * foreign result may be its own, which no take may contain.
   */
  #parse(frame: Buffer, isBinary: boolean): TaskMessage | undefined {
    const message = parseFrame(frame, isBinary);
    if (message.type === 'audio') {
      // A take with a part of another one in it is worse than none.
      if (this.#awaitsForeignAudio) throw protocolViolation('audio of a task that is not ours');
      return message;
    }
    const isForeign = message.taskId !== this.#task?.id && !(message.type === 'failed' && message.taskId === undefined);
    this.#awaitsForeignAudio = isForeign && message.type === 'result' && message.stage === 'synthesis';
    if (isForeign) return undefined;
    if (message.type !== 'failed') return message;
    if (this.#task !== undefined) this.#task.refusal = message.refusal;
    throw failureOf(message.refusal, this.#context());
  }

  #closeFailure(code: number, reason: string): PipelineError {
    const context = this.#context();
    const { model = '' } = context;
    // How the service refuses a model that it does not have is not documented: it may close without a word.
    const isSilent = reason === '' && code !== 1006 && !this.progress.answered && !this.#hasSpoken;
    if (isSilent && this.#task !== undefined && !isKnownModel(model)) return modelUnknown(context);
    const failure = closeFailure(code, reason, context);
    return isSilent && failure.code === 'session-lost' ? new SilentEnd(failure.message) : failure;
  }

  #context(): RefusalContext {
    const model = this.#task?.request.model;
    return { doing: 'speak', apiKey: this.#apiKey, ...(model === undefined ? {} : { model }) };
  }
}

/** No task is running: audio now means that an earlier take was incomplete, or that the next one would not be ours. */
function onUnsolicited(message: TaskMessage): void {
  if (message.type !== 'ignored') throw protocolViolation('more of a task that it had already finished');
}
