/** Audible faults: speech that is complete by the protocol but sounds wrong. */
import type { FaultKind } from './faults.ts';
import type { VoiceTraits } from './voice-traits.ts';

/** Options of an audible fault. Equal input gives equal sound. */
export interface AudibleFaultOptions {
  sampleRateHz: number;
  chunkSamples: number;
}

/** Speech with a fault. All of the speech is generated first, because its end must be known before it can be cut. */
export async function* withAudibleFault(
  kind: FaultKind,
  speech: AsyncIterable<Int16Array>,
  { sampleRateHz, chunkSamples }: AudibleFaultOptions,
): AsyncIterable<Int16Array> {
  const change = SOUND_FAULTS[kind];
  if (change === undefined) {
    yield* speech;
    return;
  }
  const chunks: Int16Array[] = [];
  for await (const chunk of speech) chunks.push(chunk);
  const samples = change(concat(chunks), sampleRateHz);
  for (let from = 0; from < samples.length; from += chunkSamples) yield samples.slice(from, from + chunkSamples);
}

/** Traits of a different person: an octave away in pitch, with another vocal tract. */
export function otherVoiceTraits({ pitchHz, formantPercent, pace }: VoiceTraits): VoiceTraits {
  const isHigh = pitchHz > 160;
  return { pitchHz: isHigh ? pitchHz / 2 : pitchHz * 2, formantPercent: formantPercent + (isHigh ? -20 : 20), pace };
}

const SOUND_FAULTS: Partial<Record<FaultKind, (speech: Int16Array, sampleRateHz: number) => Int16Array>> = {
  /** The last 30 % are missing, wherever the text is at that point. */
  'truncated-tail': (speech) => speech.slice(0, Math.max(1, Math.round(speech.length * 0.7))),
  /** Two seconds of silence in the middle. */
  'inserted-silence': (speech, sampleRateHz) => {
    const middle = speech.length >> 1;
    return concat([speech.slice(0, middle), new Int16Array(2 * sampleRateHz), speech.slice(middle)]);
  },
  /** The middle third is spoken twice. */
  repetition: (speech) => {
    const [from, to] = [Math.round(speech.length / 3), Math.round((speech.length * 2) / 3)];
    return concat([speech.slice(0, to), speech.slice(from, to), speech.slice(to)]);
  },
  /** White noise at −30 dBFS throughout. */
  noise: (speech) => {
    const amplitude = 32_768 * 10 ** (-30 / 20) * Math.sqrt(3);
    let state = 1;
    return speech.map((sample) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return clamp(sample + (state / 0x3fff_ffff - 1) * amplitude);
    });
  },
  /** 14 dB quieter from the middle on. */
  'level-jump': (speech) =>
    speech.map((sample, index) => (index < speech.length / 2 ? sample : sample * 10 ** (-14 / 20))),
};

function concat(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function clamp(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
