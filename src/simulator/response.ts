/** Speaks one response: the events in the order of the service, at the configured speed, with its faults. */

import { setTimeout } from 'node:timers/promises';
import type { Model } from '../models/model.ts';
import { billedUnits } from '../models.ts';
import type { Item, ResponseEcho, ResponseStatus } from '../speech/dashscope-realtime/protocol.ts';
import type { Usage } from '../speech/engine.ts';
import { otherVoiceTraits, withAudibleFault } from './audible-faults.ts';
import { type ClientSocket, freshId } from './client-socket.ts';
import type { FaultKind, FaultPlan, FaultRule } from './faults.ts';
import type { SoundMemory } from './hearing/sound-memory.ts';
import type { Counters } from './metrics.ts';
import { RATE_QUOTA } from './refusal.ts';
import type { AcceptedSettings } from './session-settings.ts';
import type { Settings, Speed } from './settings.ts';
import type { VoiceEngine } from './voice-engine.ts';
import { takeTraits } from './voice-traits.ts';

/** Shared by all sessions. */
export interface SpeechContext {
  settings: Settings;
  engine: VoiceEngine;
  faults: FaultPlan;
  counters: Counters;
  /** What was spoken, by its sound: how the simulator hears. */
  sounds: SoundMemory;
  /** A voice has spoken: voices that are unused for long are deleted. */
  voiceUsed(voice: string): void;
}

/** One text to speak in a session. */
export interface ResponseTask {
  text: string;
  /** Which take of its line it is, from 1. */
  take: number;
  session: AcceptedSettings;
  model: Model;
  socket: ClientSocket;
  /** Aborts when the client cancels the response. */
  cancel: AbortSignal;
}

/**
 * Speaks the text. Resolves when the response is over, with or without a fault; rejects when the voice engine fails.
 */
export async function speakResponse(task: ResponseTask, speech: SpeechContext): Promise<void> {
  const { socket, text } = task;
  const { limits } = speech.settings;
  if (limits.callIs !== 'session' && !speech.counters.realtimeCall(limits.callsPerMinute)) {
    throttle(limits.throttleForm, socket, speech);
    return;
  }
  const fault = speech.faults.strike({ place: 'response', text });
  const replacement = fault && !fault.frame ? REPLACEMENTS[fault.kind] : undefined;
  if (replacement) {
    replacement(socket, speech);
    return;
  }
  speech.counters.responseBegun(text);
  speech.voiceUsed(task.session.voice.voice);
  const block = openBlock(task);
  const samples = await sendAudio({ task, speech: speech, block, fault });
  if (samples === 'broken') return;
  const status = task.cancel.aborted ? 'cancelled' : 'completed';
  block.end(status, usage(task.model, text, samples / task.session.sampleRateHz));
}

/** Faults that replace the whole response. */
const REPLACEMENTS: Partial<Record<FaultKind, (socket: ClientSocket, speech: SpeechContext) => void>> = {
  'throttle-event': (socket, speech) => throttle('event', socket, speech),
  'throttle-close': (socket, speech) => throttle('close', socket, speech),
  'content-refusal': (socket, { settings }) => refuseContent(socket, settings.behaviour.errorCloseCode),
};

function refuseContent(socket: ClientSocket, errorCloseCode: number): void {
  const message = 'Input data may contain inappropriate content.';
  socket.fail({ code: 'DataInspectionFailed', message });
  socket.close(errorCloseCode, message);
}

function throttle(form: 'event' | 'close', socket: ClientSocket, { counters, settings }: SpeechContext): void {
  counters.realtimeThrottled();
  if (form === 'event') socket.fail({ ...RATE_QUOTA });
  else socket.close(settings.behaviour.errorCloseCode, RATE_QUOTA.message);
}

/** The events around the audio. Source: user guide and server events page; a third party observed the order. */
function openBlock({ socket, session }: ResponseTask) {
  const responseId = freshId('resp');
  const itemId = freshId('item');
  const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
  const part = { type: 'audio', text: '' } as const;
  const item = (status: ResponseStatus, content: Item['content']): Item => ({
    id: itemId,
    object: 'realtime.item',
    type: 'message',
    status,
    role: 'assistant',
    content,
  });
  const response = (status: ResponseStatus, output: Item[]): ResponseEcho => ({
    id: responseId,
    object: 'realtime.response',
    conversation_id: '',
    status,
    voice: session.voice.voice,
    output,
  });

  socket.send({ type: 'response.created', response: response('in_progress', []) });
  socket.send({
    type: 'response.output_item.added',
    response_id: responseId,
    output_index: 0,
    item: item('in_progress', []),
  });
  socket.send({ type: 'response.content_part.added', ...place, part });
  return {
    delta: (bytes: Buffer) =>
      socket.sendWithBackpressure({ type: 'response.audio.delta', ...place, delta: bytes.toString('base64') }),
    end(status: ResponseStatus, used: Usage) {
      socket.send({ type: 'response.audio.done', ...place });
      socket.send({ type: 'response.content_part.done', ...place, part });
      socket.send({
        type: 'response.output_item.done',
        response_id: responseId,
        output_index: 0,
        item: item(status, [{ type: 'audio', text: '' }]),
      });
      const output = [item(status, [{ type: 'audio', transcript: '' }])];
      const done = { ...response(status, output), modalities: ['text', 'audio'], usage: used };
      socket.send({ type: 'response.done', response: done });
    },
  };
}

/** Sends the deltas and returns the number of samples sent, or `broken` when a fault has ended the response. */
async function sendAudio(options: {
  task: ResponseTask;
  speech: SpeechContext;
  block: ReturnType<typeof openBlock>;
  fault: FaultRule | undefined;
}): Promise<number | 'broken'> {
  const { task, speech, block, fault } = options;
  const { speed, behaviour } = speech.settings;
  const stop = AbortSignal.any([task.socket.signal, task.cancel]);
  const pace = pacer(speed, task.session.sampleRateHz, stop);
  const breakAt = fault && fault.kind in BREAKS ? Math.max(0, fault.frame ?? 1) : Number.POSITIVE_INFINITY;
  let frames = 0;
  let samples = 0;
  if (fault?.kind !== 'finished-without-audio') {
    for await (const chunk of soundOf({ task, speech: speech, fault, stop })) {
      await pace(samples);
      if (frames >= breakAt || stop.aborted) break;
      frames++;
      samples += chunk.length;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const isCut = behaviour.oddDeltas || (fault?.kind === 'odd-delta' && frames === (fault.frame ?? 1));
      const cut = isCut ? oddCut(bytes.length) : 0;
      if (cut > 0) await block.delta(bytes.subarray(0, cut));
      await block.delta(bytes.subarray(cut));
    }
    await pace(samples);
  }
  if (!task.socket.isOpen()) return 'broken';
  const breakOff = fault && !task.cancel.aborted ? BREAKS[fault.kind] : undefined;
  if (!breakOff) return samples;
  await breakOff(task.socket, fault?.closeCode ?? speech.settings.behaviour.errorCloseCode, speech);
  return 'broken';
}

/** The sound: the voice's own speech, or what a fault makes of it. */
function soundOf(of: {
  task: ResponseTask;
  speech: SpeechContext;
  fault: FaultRule | undefined;
  stop: AbortSignal;
}): AsyncIterable<Int16Array> {
  const { task, speech: context, fault, stop } = of;
  const plain = utterance(task, context.settings.speed.chunkMs);
  const what = fault?.kind === 'wrong-voice' ? { ...plain, traits: otherVoiceTraits(plain.traits) } : plain;
  const speech = context.engine.speak(what, stop);
  const sound = fault === undefined ? speech : withAudibleFault(fault.kind, speech, what);
  return context.sounds.listen(sound, { text: task.text, fault: fault?.kind });
}

/** Faults that break off a response. A response shorter than the fault's frame is broken before its end. */
const BREAKS: Partial<
  Record<FaultKind, (socket: ClientSocket, errorCloseCode: number, speech: SpeechContext) => Promise<void> | void>
> = {
  drop: (socket) => socket.destroy(),
  close: (socket, errorCloseCode) => socket.close(errorCloseCode),
  stall: (socket) => aborted(socket.signal),
  'error-event': (socket, errorCloseCode) => {
    socket.fail({ code: 'InternalError', message: 'Internal service error: null' });
    socket.close(errorCloseCode, 'Internal service error: null');
  },
  'throttle-event': (socket, _, speech) => throttle('event', socket, speech),
  'throttle-close': (socket, _, speech) => throttle('close', socket, speech),
  'content-refusal': refuseContent,
};

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Where to cut so many bytes: near the middle, and odd. */
export function oddCut(length: number): number {
  return Math.floor(length / 4) * 2 + 1;
}

/**
 * Waits until so many samples may have been sent: first audio after `firstAudioMs`, the end after that plus the audio's
 * length over `timesRealtime`, with a pause after each burst. Waits are computed from the clock, not added up, so that
 * delays do not accumulate.
 */
export function pacer(speed: Speed, sampleRateHz: number, signal: AbortSignal) {
  const { firstAudioMs, timesRealtime, burstMs, burstPauseMs } = speed;
  const startMs = performance.now();
  return async (samples: number): Promise<void> => {
    const soundMs = (samples / sampleRateHz) * 1000;
    const audioMs = timesRealtime > 0 ? soundMs / timesRealtime : 0;
    const pausesMs = burstMs > 0 ? Math.floor(soundMs / burstMs) * burstPauseMs : 0;
    const waitMs = startMs + firstAudioMs + audioMs + pausesMs - performance.now();
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal }).catch(() => {});
  };
}

function utterance({ text, take, session }: ResponseTask, chunkMs: number) {
  const { voice, languageType, sampleRateHz, speechRate, pitchRate, volume } = session;
  const chunkSamples = Math.max(1, Math.round((chunkMs / 1000) * sampleRateHz));
  return {
    text,
    traits: takeTraits(voice.traits, take),
    languageType,
    sampleRateHz,
    chunkSamples,
    speechRate,
    pitchRate,
    volume,
  };
}

/**
 * qwen3 counts billed characters; the older family counts tokens, 50 for a second of audio and at least 50. Source:
 * server events page. The count of text tokens is not documented: here a Chinese character or two letters are one.
 */
function usage(model: Model, text: string, audioSeconds: number): Usage {
  if (model.usage === 'characters') return { characters: billedUnits(text) };
  const textTokens = Math.ceil(billedUnits(text) / 2);
  const audioTokens = Math.max(50, Math.ceil(audioSeconds * 50));
  return {
    total_tokens: textTokens + audioTokens,
    input_tokens: textTokens,
    output_tokens: audioTokens,
    input_tokens_details: { text_tokens: textTokens },
    output_tokens_details: { text_tokens: 0, audio_tokens: audioTokens },
  };
}
