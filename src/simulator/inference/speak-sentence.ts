/** Speaks one sentence of a task: begin, audio with its frames, end with words and usage. */
import { randomUUID } from 'node:crypto';
import type { Model } from '../../models/model.ts';
import type { Word } from '../../speech/dashscope-inference/protocol.ts';
import { otherVoiceTraits, withAudibleFault } from '../audible-faults.ts';
import type { FaultKind, FaultRule } from '../faults.ts';
import { oddCut } from '../response.ts';
import type { VoiceTraits } from '../voice-traits.ts';
import type { InferenceContext } from './context.ts';
import type { Encoder } from './encode.ts';
import { type Messages, messagesOf } from './messages.ts';
import type { AcceptedParameters } from './parameters.ts';
import { languageTypeOf } from './take-traits.ts';
import type { TaskSocket } from './task-socket.ts';
import { type Billed, billed, usageOf } from './usage.ts';
import { timeWords } from './words.ts';

/** A task that speaks. */
export interface SpeakingTask {
  context: InferenceContext;
  model: Model;
  parameters: AcceptedParameters;
  /** The voice, colored by the parameters. */
  traits: VoiceTraits;
  socket: TaskSocket;
  messages: Messages;
  encoder: Encoder;
  /** Aborts when the task is canceled or its socket has closed. */
  stop: AbortSignal;
  pace(samples: number): Promise<void>;
  /** The fault that strikes this task. */
  fault: FaultRule | undefined;
  /** True for a voice that makes no sound because it is not deployed. */
  isSilent: boolean;
  /** Sent so far. */
  sent: { frames: number; samples: number };
  /** Used so far. */
  used: Billed;
}

/** Faults that break off a task. */
const BREAKING: ReadonlySet<FaultKind> = new Set(['drop', 'close', 'stall', 'error-event']);

/** The fault of a task that breaks it off at frame `frame`, if it has one. */
export function breakingFault({ fault }: SpeakingTask): FaultRule | undefined {
  return fault && BREAKING.has(fault.kind) ? fault : undefined;
}

/** Speaks; `broken` says that the task's fault must strike now. */
export async function speakSentence(
  task: SpeakingTask,
  { text, index, isLast }: { text: string; index: number; isLast: boolean },
): Promise<'spoken' | 'broken'> {
  const { context, parameters, socket, messages, sent } = task;
  const { inference } = context.speech.settings;
  const original = text.trim();
  const shown = isLast && !inference.lastOriginalText ? undefined : original;
  socket.send(messages.result({ type: 'sentence-begin', index, words: [], text: shown }));
  const pcm = await soundOf(task, original);
  if (task.stop.aborted) return 'spoken';
  const originMs = inference.wordTimes === 'task' ? msOf(sent.samples, task) : 0;
  const durationMs = msOf(pcm.length, task);
  const words = timesWords(task) ? timeWords(original, { durationMs, originMs }, inference) : [];
  const outcome = await sendFrames(task, { pcm, index, words, originMs });
  if (outcome === 'broken' || task.stop.aborted) return outcome;
  charge(task, billed(text, pcm.length / parameters.sampleRateHz, inference.tokensPerSecond));
  const usage = usageOf(task.used, task.model, inference.usage);
  socket.send(messages.result({ type: 'sentence-end', index, words, text: shown, usage }));
  return 'spoken';
}

function timesWords({ parameters, context }: SpeakingTask): boolean {
  const { words } = context.speech.settings.inference;
  return parameters.wantsWords && (words === 'end' || words === 'growing');
}

function charge(task: SpeakingTask, more: Billed): void {
  task.used.characters += more.characters;
  task.used.inputTokens += more.inputTokens;
  task.used.outputTokens += more.outputTokens;
  task.context.counters.bill(task.model.usage, more);
}

function msOf(samples: number, { parameters }: SpeakingTask): number {
  return (samples / parameters.sampleRateHz) * 1000;
}

/** The sound: the voice's own speech, or what a fault makes of it. */
async function soundOf(task: SpeakingTask, text: string): Promise<Int16Array> {
  const { context, parameters, fault, stop } = task;
  if (task.isSilent || fault?.kind === 'finished-without-audio') return new Int16Array(0);
  const what = {
    text,
    traits: fault?.kind === 'wrong-voice' ? otherVoiceTraits(task.traits) : task.traits,
    languageType: languageTypeOf(parameters.language),
    sampleRateHz: parameters.sampleRateHz,
    chunkSamples: parameters.sampleRateHz,
    speechRate: parameters.rate,
    pitchRate: parameters.pitch,
    volume: parameters.volume,
  };
  const plain = context.speech.engine.speak(what, stop);
  const chunks: Int16Array[] = [];
  const sound = fault ? withAudibleFault(fault.kind, plain, what) : plain;
  for await (const chunk of context.speech.sounds.listen(sound, { text, fault: fault?.kind })) chunks.push(chunk);
  const pcm = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    pcm.set(chunk, at);
    at += chunk.length;
  }
  return pcm;
}

async function sendFrames(
  task: SpeakingTask,
  { pcm, index, words, originMs }: { pcm: Int16Array; index: number; words: readonly Word[]; originMs: number },
): Promise<'spoken' | 'broken'> {
  const { context, socket, messages, sent, stop, fault } = task;
  const { inference, speed } = context.speech.settings;
  const breakAt = breakingFault(task) ? (fault?.frame ?? 1) : Number.POSITIVE_INFINITY;
  const pieces = task.encoder.encode(pcm);
  const bytes = Buffer.concat(pieces);
  const chunkBytes = Math.max(1, Math.round((speed.chunkMs / 1000) * task.parameters.sampleRateHz)) * 2;
  const frameBytes = inference.frameBytes || chunkBytes;
  const before = sent.samples;
  for (let start = 0; start < bytes.length; ) {
    if (sent.frames >= breakAt) return 'broken';
    const isOdd = !task.encoder.isPaged && fault?.kind === 'odd-delta' && sent.frames === (fault.frame ?? 1);
    const page = task.encoder.isPaged ? pieces.shift()?.length : undefined;
    const whole = page ?? Math.min(frameBytes, bytes.length - start);
    const frame = bytes.subarray(start, start + (isOdd ? oddCut(whole) : whole));
    await task.pace(sent.samples);
    if (stop.aborted) return 'spoken';
    sendForeign(task);
    start += frame.length;
    sent.frames++;
    sent.samples = before + Math.round((pcm.length * start) / bytes.length);
    const saidMs = originMs + msOf(sent.samples - before, task);
    const known = inference.words === 'growing' ? words.filter((word) => word.begin_time < saidMs) : [];
    await socket.sendAudio(messages.result({ type: 'sentence-synthesis', index, words: known }), frame);
  }
  sent.samples = before + pcm.length;
  return 'spoken';
}

/** Results of a stranger's task, which a client must not take for its own. */
function sendForeign({ fault, socket, context }: SpeakingTask): void {
  if (fault?.kind !== 'foreign-events' && fault?.kind !== 'foreign-frames') return;
  const messages = messagesOf(randomUUID(), context.speech.settings.inference);
  socket.send(messages.result({ type: 'sentence-synthesis', index: 0, words: [] }));
  if (fault.kind === 'foreign-frames') socket.sendStray(Buffer.alloc(320, 0x11));
}
