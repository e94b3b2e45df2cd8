/** A recording from the microphone, and a sound file of any kind, as WAV. */
import processor from './microphone-worklet.ts?worker&url';
import { mixed, wavOf } from './wav.ts';

/** A recording under way. */
export interface Recorder {
  /** Ends it; the WAV file, and its length in seconds. */
  stop: () => { wav: ArrayBuffer; seconds: number };
}

/** Whether this browser lets this page record: on this computer, or over https. */
export function canRecord(): boolean {
  return isSecureContext && typeof navigator.mediaDevices?.getUserMedia === 'function';
}

/** Begins to record; the browser asks for permission. Throws when it is not given. */
export async function startRecording(): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({
    // A recording for a book is not a telephone call: nothing may change it.
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule(processor);
  const node = new AudioWorkletNode(context, 'microphone');
  const pieces: Float32Array[] = [];
  node.port.onmessage = ({ data }) => pieces.push(data as Float32Array);
  context.createMediaStreamSource(stream).connect(node);
  return {
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
      void context.close();
      const samples = joined(pieces);
      return { wav: wavOf(samples, context.sampleRate), seconds: samples.length / context.sampleRate };
    },
  };
}

/** The longest recording of a line, in seconds; the server takes a WAV file of that length at every usual rate. */
export const MOST_RECORDING_SECONDS = 600;
/** The largest sound file, in bytes: what the server takes (`src/studio/changes/recording.ts`). */
const MOST_FILE_BYTES = 115_200_000;

/** A sound file that is too large or too long to be a line. Decoding it would take the memory of the whole page. */
export class TooLongRecording extends Error {}

/**
 * A sound file as WAV. A WAV file stays as it is. Throws `TooLongRecording` before it reads one that is too large, and another
 * error when the browser finds no sound in it.
 */
export async function wavFrom(file: File): Promise<ArrayBuffer> {
  if (file.size > MOST_FILE_BYTES || (await secondsOf(file)) > MOST_RECORDING_SECONDS) throw new TooLongRecording();
  const bytes = await file.arrayBuffer();
  if (new TextDecoder('latin1').decode(bytes.slice(0, 4)) === 'RIFF') return bytes;
  const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index));
  return wavOf(mixed(channels), sound.sampleRate);
}

/** The length that the file says, without decoding it; 0 when it says none. */
function secondsOf(file: File): Promise<number> {
  const address = URL.createObjectURL(file);
  const audio = new Audio();
  return new Promise<number>((resolve) => {
    const end = (): void => resolve(Number.isFinite(audio.duration) ? audio.duration : 0);
    audio.onloadedmetadata = end;
    audio.onerror = end;
    audio.preload = 'metadata';
    audio.src = address;
  }).finally(() => {
    audio.removeAttribute('src');
    URL.revokeObjectURL(address);
  });
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
