/**
 * One connection of the inference protocol: tasks one after the other.
 *
 *   open ──run-task──► task ──continue-task…, finish-task──► finished ──► open …
 *     └── idle ──► closed      └── any broken rule ──► task-failed, closed
 */
import type { WebSocket } from 'ws';
import { TASK_ERRORS } from '../../speech/dashscope-inference/protocol.ts';
import { RATE_QUOTA } from '../refusal.ts';
import type { InferenceContext } from './context.ts';
import { readMessage, type TaskMessage } from './envelope.ts';
import { failedMessage, messagesOf } from './messages.ts';
import { acceptParameters, badParameter, type TaskError } from './parameters.ts';
import { modelError, servedModel } from './refused-model.ts';
import { InferenceTask, type TaskStart } from './task.ts';
import { openTaskSocket, type TaskSocket } from './task-socket.ts';
import { adoptedInferenceVoice, statusOf } from './voices.ts';

/** Serves a newly opened socket until it closes. */
export function serveTasks(webSocket: WebSocket, context: InferenceContext): void {
  const connection = connectTasks(openTaskSocket(webSocket), context);
  webSocket.on('message', (data, isBinary) => connection.receive(isBinary ? undefined : data.toString()));
}

/** Serves a connection until it closes. `receive` takes one message of the client; undefined for a binary frame. */
export function connectTasks(
  socket: TaskSocket,
  context: InferenceContext,
): { receive(message: string | undefined): void } {
  return new Connection(socket, context);
}

type Run = Extract<TaskMessage, { action: 'run-task' }>;

class Connection {
  readonly #socket: TaskSocket;
  readonly #context: InferenceContext;
  readonly #usedIds = new Set<string>();
  #task: InferenceTask | undefined;
  /** True when nothing is answered any more. */
  #isDeaf = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: TaskSocket, context: InferenceContext) {
    this.#socket = socket;
    this.#context = context;
    socket.signal.addEventListener('abort', () => this.#end(), { once: true });
    this.#waitForTask();
  }

  /** Takes one message of the client; undefined for a binary frame, which a client must not send. */
  receive(message: string | undefined): void {
    if (this.#isDeaf || !this.#socket.isOpen()) return;
    const read = readMessage(message);
    if ('error' in read) this.#fail(this.#task?.id ?? read.taskId, read.error);
    else if (read.action === 'run-task') this.#run(read);
    else this.#continue(read);
  }

  #run(run: Run): void {
    const { counters, speech } = this.#context;
    const { inference } = speech.settings;
    counters.taskRun();
    if (this.#task) {
      this.#fail(this.#task.id, badParameter('A task is already running on this connection.'));
      return;
    }
    clearTimeout(this.#timer);
    const fault = speech.faults.strike({ place: 'run-task' })?.kind;
    if (fault === 'silent-start') this.#isDeaf = true;
    else if (fault === 'fail-at-start') {
      this.#fail(run.taskId, { code: 'InternalError', message: 'An internal error has occurred.' });
    } else if (!servedModel(run.model, inference)) this.#refuseModel(run);
    else if (this.#isThrottled(run.model)) this.#throttle(run.taskId);
    else this.#start(run);
  }

  #start(run: Run): void {
    const start = this.#accept(run);
    if ('code' in start) {
      this.#fail(run.taskId, start);
      return;
    }
    this.#usedIds.add(run.taskId);
    this.#context.voices.used(start.voice.voiceId);
    const over = () => {
      this.#task = undefined;
      this.#waitForTask();
    };
    const failed = (error: TaskError) => this.#fail(run.taskId, error);
    const around = { context: this.#context, socket: this.#socket, owner: { over, failed } };
    this.#task = new InferenceTask(start, around);
    this.#waitForText();
  }

  #accept(run: Run): TaskStart | TaskError {
    const { speech, voices } = this.#context;
    const { inference, behaviour } = speech.settings;
    const model = servedModel(run.model, inference);
    if (!model) return modelError(inference.retiredForm, run.model);
    if (this.#usedIds.has(run.taskId)) return badParameter('task_id was used before.');
    const parameters = acceptParameters(run.parameters, model, inference);
    if ('code' in parameters) return parameters;
    const enrolled = voices.find(parameters.voice);
    const voice = enrolled ?? (behaviour.adoptVoices ? adoptedInferenceVoice(parameters.voice, model.id) : undefined);
    const isReady = voice && (statusOf(voice) === 'OK' || inference.deployingVoice === 'silent');
    if (voice?.targetModel !== model.id || !isReady) return { ...TASK_ERRORS.voiceMismatch };
    return { taskId: run.taskId, model, parameters, voice };
  }

  #continue(message: Exclude<TaskMessage, Run>): void {
    const task = this.#task;
    const isCancel = message.action === 'finish-task' && message.isCancel;
    if (!task) this.#fail(message.taskId, badParameter('There is no running task: send run-task first.'));
    else if (message.taskId !== task.id) this.#fail(task.id, badParameter('task_id is not of the running task.'));
    else if (task.isFinishing && !isCancel) this.#fail(task.id, badParameter('The task is already finished.'));
    else if (message.action === 'finish-task') {
      clearTimeout(this.#timer);
      if (isCancel) task.cancel();
      else task.finish();
    } else {
      this.#waitForText();
      if ('flush' in message) task.flush();
      else task.add(message.text);
    }
  }

  #refuseModel({ taskId, model }: Run): void {
    const { inference } = this.#context.speech.settings;
    const form = inference.retiredForm;
    if (form === 'silence') {
      this.#isDeaf = true;
      this.#socket.send(messagesOf(taskId, inference).started());
    } else if (form === 'close') this.#socket.close(1007, `Model not found (${model})!`);
    else this.#fail(taskId, modelError(form, model));
  }

  #isThrottled(model: string): boolean {
    const { tasksPerSecond, tasksPerMinute, throttleForm } = this.#context.speech.settings.inference;
    if (throttleForm === 'handshake') return false;
    return !this.#context.counters.call(model, { perSecond: tasksPerSecond, perMinute: tasksPerMinute });
  }

  #throttle(taskId: string): void {
    const { inference, behaviour } = this.#context.speech.settings;
    this.#context.counters.tasks.throttled++;
    if (inference.throttleForm === 'close') this.#socket.close(behaviour.errorCloseCode, RATE_QUOTA.message);
    else this.#fail(taskId, { ...RATE_QUOTA });
  }

  /** Waits for the next task, for as long as a connection may be idle. */
  #waitForTask(): void {
    const { idleCloseMs } = this.#context.speech.settings.inference;
    this.#wait(idleCloseMs, () => this.#socket.close(1000));
  }

  /** Waits for the next message of a task. The gap is the client's silence, whether the server speaks or not. */
  #waitForText(): void {
    const { textGapMs } = this.#context.speech.settings.inference;
    // The words are the service's, whatever the gap is here.
    this.#wait(textGapMs, () => this.#fail(this.#task?.id ?? '', { ...TASK_ERRORS.gap }));
  }

  #wait(afterMs: number, act: () => void): void {
    clearTimeout(this.#timer);
    if (afterMs > 0 && this.#socket.isOpen()) this.#timer = setTimeout(act, afterMs);
  }

  /** Reports a failed task and ends the connection, as the service does. */
  #fail(taskId: string, error: TaskError): void {
    if (this.#isDeaf) return;
    this.#isDeaf = true;
    this.#context.counters.tasks.failed++;
    this.#socket.send(failedMessage(taskId, error));
    this.#socket.close(this.#context.speech.settings.behaviour.errorCloseCode, error.message);
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#task?.end();
  }
}
