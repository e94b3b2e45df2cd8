/**
 * One task: takes texts, cuts them into sentences, speaks them one after the other.
 *
 * A whole sentence is spoken at once; the rest of a text waits for more, for a flush or for the end.
 */
import { randomUUID } from 'node:crypto';
import type { Model } from '../../models/model.ts';
import { billedUnits } from '../../models.ts';
import { MOST_TASK_CHARACTERS, MOST_TEXT_CHARACTERS, TASK_ERRORS } from '../../speech/dashscope-inference/protocol.ts';
import { RATE_QUOTA } from '../refusal.ts';
import { aborted, pacer } from '../response.ts';
import type { InferenceContext } from './context.ts';
import { createEncoder } from './encode.ts';
import { messagesOf } from './messages.ts';
import { type AcceptedParameters, badParameter, type TaskError } from './parameters.ts';
import { cutSentences, isSpeakable } from './sentences.ts';
import { breakingFault, type SpeakingTask, speakSentence } from './speak-sentence.ts';
import { readSsml } from './ssml.ts';
import { coloredTraits } from './take-traits.ts';
import type { TaskSocket } from './task-socket.ts';
import { usageOf } from './usage.ts';
import { type InferenceVoice, statusOf } from './voices.ts';

/** What a task tells its connection. */
export interface TaskOwner {
  /** The task is finished or canceled; the connection may run another one. */
  over(): void;
  /** The task has failed, and the connection ends. */
  failed(error: TaskError): void;
}

/** One task, from task-started to its end. */
export class InferenceTask {
  readonly id: string;
  readonly #owner: TaskOwner;
  readonly #speaking: SpeakingTask;
  readonly #cancel = new AbortController();
  /** Text that is not spoken yet, because its sentence may go on. */
  #rest = '';
  #queue: string[] = [];
  #index = 0;
  #size = 0;
  #texts = 0;
  #isRunning = false;
  #isFinishing = false;
  #isLost = false;

  constructor(
    { taskId, model, parameters, voice }: TaskStart,
    { context, socket, owner }: { context: InferenceContext; socket: TaskSocket; owner: TaskOwner },
  ) {
    const { settings } = context.speech;
    const stop = AbortSignal.any([socket.signal, this.#cancel.signal]);
    const isFixed =
      settings.inference.seedHonored && (parameters.seed !== 0 || settings.inference.seedZero === 'fixed');
    const color = { ...parameters, take: isFixed ? 0 : ++context.takes.count };
    this.id = taskId;
    this.#owner = owner;
    this.#speaking = {
      context,
      model,
      parameters,
      traits: coloredTraits(voice.traits, color),
      socket,
      messages: messagesOf(taskId, settings.inference),
      encoder: createEncoder(parameters.format, parameters.sampleRateHz),
      stop,
      pace: pacer(settings.speed, parameters.sampleRateHz, stop),
      fault: undefined,
      isSilent: statusOf(voice) !== 'OK',
      sent: { frames: 0, samples: 0 },
      used: { characters: 0, inputTokens: 0, outputTokens: 0 },
    };
    socket.send(this.#speaking.messages.started());
  }

  /** Whether finish-task has come. */
  get isFinishing(): boolean {
    return this.#isFinishing;
  }

  /** Takes a text. Fails the task where a rule is broken. */
  add(given: string): void {
    const { parameters, model, context } = this.#speaking;
    this.#texts++;
    const read = parameters.isSsml ? readSsml(given, model) : { words: given };
    const problem = 'error' in read ? read.error : this.#tooMuch(given);
    if (problem) this.#fail(problem);
    if (problem || 'error' in read || (this.#texts === 1 && !this.#beginsWith(given))) return;
    context.speech.counters.textSpoken(given);
    const { sentences, rest } = cutSentences(this.#rest + read.words, context.speech.settings.inference.cutAt);
    this.#rest = rest;
    this.#speak(sentences);
  }

  /** The error for a text, or a number of texts, over a limit. */
  #tooMuch(text: string): TaskError | undefined {
    const { parameters, context } = this.#speaking;
    if (parameters.isSsml && this.#texts > 1) return { ...TASK_ERRORS.ssmlOnce };
    const { textLimitCounts } = context.speech.settings.inference;
    const size = textLimitCounts === 'units' ? billedUnits(text) : [...text].length;
    this.#size += size;
    if (size > MOST_TEXT_CHARACTERS) return badParameter(`text must be at most ${MOST_TEXT_CHARACTERS} characters.`);
    if (this.#size <= MOST_TASK_CHARACTERS) return undefined;
    return badParameter(`The texts of a task must be at most ${MOST_TASK_CHARACTERS} characters.`);
  }

  /** Speaks what waits. */
  flush(): void {
    const rest = this.#rest;
    this.#rest = '';
    if (isSpeakable(rest)) this.#speak([rest]);
  }

  /** No more text comes: speaks the rest and finishes. */
  finish(): void {
    this.#isFinishing = true;
    const isEmpty = this.#index === 0 && this.#queue.length === 0 && !this.#isRunning && !isSpeakable(this.#rest);
    if (isEmpty) this.#fail({ ...TASK_ERRORS.emptyText });
    else {
      this.flush();
      void this.#run();
    }
  }

  /** Stops at once: nothing more is spoken, and the task is finished. */
  cancel(): void {
    const { context, socket, fault } = this.#speaking;
    this.end();
    context.counters.tasks.canceled++;
    this.#sendFinished();
    if (fault?.kind === 'late-frames') for (let i = 0; i < 2; i++) socket.sendStray(Buffer.alloc(640, 0x11));
    this.#owner.over();
  }

  /** Stops without a word: the socket is closed, or about to be. */
  end(): void {
    this.#queue = [];
    this.#cancel.abort();
  }

  /** Decides the task's fault by its first text; false when that has ended the task. */
  #beginsWith(text: string): boolean {
    const { context, socket } = this.#speaking;
    const { settings, faults } = context.speech;
    const fault = faults.strike({ place: 'response', text });
    this.#speaking.fault = fault;
    if (fault?.kind === 'throttle-event' || fault?.kind === 'throttle-close') context.counters.tasks.throttled++;
    if (fault?.kind === 'throttle-event') this.#fail({ ...RATE_QUOTA });
    else if (fault?.kind === 'throttle-close') socket.close(settings.behaviour.errorCloseCode, RATE_QUOTA.message);
    else if (fault?.kind === 'content-refusal') {
      this.#fail({ code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' });
    } else return true;
    return false;
  }

  #speak(sentences: readonly string[]): void {
    this.#queue.push(...sentences);
    void this.#run();
  }

  /** Speaks the queue, and finishes when no more comes. Must not throw: nothing awaits it. */
  async #run(): Promise<void> {
    if (this.#isRunning || this.#speaking.stop.aborted) return;
    this.#isRunning = true;
    try {
      for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
        const isLast = this.#isFinishing && this.#queue.length === 0;
        if (this.#loses(isLast)) continue;
        const outcome = await speakSentence(this.#speaking, { text, index: this.#index++, isLast });
        if (this.#speaking.stop.aborted) return;
        if (outcome === 'broken') {
          await this.#break();
          return;
        }
      }
      this.#isRunning = false;
      if (this.#isFinishing) await this.#complete();
    } catch (error) {
      // The voice engine has failed: for the client a failure of the service.
      const message = error instanceof Error ? error.message : String(error);
      this.#fail({ code: 'InternalError', message });
    }
  }

  /** Whether a fault leaves out the sentence whose turn it is. */
  #loses(isLast: boolean): boolean {
    const { fault } = this.#speaking;
    if (fault?.kind !== 'lost-sentence' || this.#isLost) return false;
    this.#isLost = isLast || this.#index === (fault.frame ?? 1);
    return this.#isLost;
  }

  async #complete(): Promise<void> {
    const { stop, sent, context } = this.#speaking;
    this.#isRunning = true;
    await this.#speaking.pace(sent.samples);
    if (stop.aborted) return;
    // In a shorter task the fault strikes before the end.
    if (breakingFault(this.#speaking)) {
      await this.#break();
      return;
    }
    context.counters.tasks.finished++;
    this.#sendFinished();
    this.#owner.over();
  }

  async #break(): Promise<void> {
    const { socket, context } = this.#speaking;
    const fault = breakingFault(this.#speaking);
    if (fault?.kind === 'stall') await aborted(socket.signal);
    else if (fault?.kind === 'drop') socket.close(1006);
    else if (fault?.kind === 'close') {
      socket.close(fault.closeCode ?? context.speech.settings.behaviour.errorCloseCode);
    } else this.#fail({ code: 'InternalError', message: 'Internal service error: null' });
  }

  #sendFinished(): void {
    const { socket, messages, used, model, context } = this.#speaking;
    socket.send(messages.finished(randomUUID(), usageOf(used, model, context.speech.settings.inference.usage)));
  }

  #fail(error: TaskError): void {
    if (!this.#speaking.stop.aborted) this.#owner.failed(error);
  }
}

/** What run-task has set. */
export interface TaskStart {
  taskId: string;
  model: Model;
  parameters: AcceptedParameters;
  voice: InferenceVoice;
}
