/** Listens to a whole take. Pure; a minute of sound takes about half a second. */
import type { HeardTake } from '../../qc/heard-take.ts';
import { lateStart } from '../../qc/letters/late-start.ts';
import { soundLikelihoods } from '../../qc/letters/sound-likelihoods.ts';
import { SOUND_MODEL } from '../../qc/letters/sound-model.ts';
import { soundsInText } from '../../qc/letters/sounds-in-text.ts';
import { sharpestClick } from './clicks.ts';
import { deepestDip, longestLull, noiseIn, speechIn } from './levels.ts';
import { NARROW_HZ } from './narrow-band.ts';
import { LEAST_PRINT_SECONDS, printOf } from './print.ts';
import { strongestRepetition } from './repeats.ts';
import { soundFramesOf } from './sound-frames.ts';
import { cepstraOf, FRAMES_HZ, LEAST_DB, spectraOf } from './spectra.ts';
import { movementOf, nucleiIn } from './tempo.ts';

/** Nothing is heard in less. */
const LEAST_SECONDS = 0.3;

/** What is heard in a take at 8 kHz, also beside its text where that is given; undefined when it is too short or silent. */
export function listen(narrow: Float32Array, text?: string): HeardTake | undefined {
  if (narrow.length < LEAST_SECONDS * NARROW_HZ) return undefined;
  const samples = withoutOffset(narrow);
  const spectra = spectraOf(samples);
  const speech = speechIn(spectra);
  if (speech.first < 0 || speech.db <= LEAST_DB + 10) return undefined;
  const print = printOf(samples, spectra, speech);
  const cepstra = cepstraOf(spectra, speech.isSounding);
  const soundingSeconds = speech.isSounding.reduce((sum, one) => sum + one, 0) / FRAMES_HZ;
  const { floorDb, burstDb, atSeconds } = noiseIn(spectra, speech);
  const repeated = strongestRepetition(cepstra, speech.isSounding);
  const sounds = text === undefined ? undefined : soundsInText(text);
  return {
    soundingSeconds,
    ...edges(samples, speech.db),
    movement: movementOf(cepstra, speech.isSounding),
    nuclei: nucleiIn(spectra),
    noiseDb: floorDb,
    burst: { db: burstDb, atSeconds },
    lull: longestLull(spectra, speech),
    dip: deepestDip(spectra, speech),
    click: sharpestClick(samples),
    ...(repeated !== undefined && { repeated }),
    ...(print !== undefined && { print }),
    ...(sounds && {
      lateStart: lateStart(soundLikelihoods(soundFramesOf(spectra, cepstra, speech), SOUND_MODEL), sounds),
    }),
  };
}

/** The frames that a text is compared with, for those who learn what its sounds are like; undefined where `listen` hears nothing. */
export function soundFramesIn(narrow: Float32Array): Int16Array | undefined {
  if (narrow.length < LEAST_SECONDS * NARROW_HZ) return undefined;
  const spectra = spectraOf(withoutOffset(narrow));
  const speech = speechIn(spectra);
  return speech.first < 0 || speech.db <= LEAST_DB + 10
    ? undefined
    : soundFramesOf(spectra, cepstraOf(spectra, speech.isSounding), speech);
}

/** More than the longest print needs, pauses and all. */
export const PRINT_SAMPLES = 6 * NARROW_HZ;

/** The print of the voice alone (print.ts), which takes 10 ms however long the take is; undefined where too little sounds. */
export function listenToVoice(narrow: Float32Array): number[] | undefined {
  if (narrow.length < LEAST_PRINT_SECONDS * NARROW_HZ) return undefined;
  const samples = withoutOffset(narrow.subarray(0, PRINT_SAMPLES));
  const spectra = spectraOf(samples);
  const speech = speechIn(spectra);
  return speech.first < 0 || speech.db <= LEAST_DB + 10 ? undefined : printOf(samples, spectra, speech);
}

/** A constant offset is no sound, and mastering removes it. */
function withoutOffset(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return samples.map((sample) => sample - mean);
}

function edges(samples: Float32Array, speechDb: number): Pick<HeardTake, 'startDb' | 'endsDb' | 'onsetDb'> {
  const db = (fromMs: number, toMs: number) => {
    const piece = samples.subarray((fromMs * NARROW_HZ) / 1000, (toMs * NARROW_HZ) / 1000);
    const power = piece.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, piece.length);
    return Math.max(LEAST_DB, 10 * Math.log10(power + 1e-12) - speechDb);
  };
  const ms = (samples.length * 1000) / NARROW_HZ;
  return {
    startDb: db(0, 5),
    endsDb: [db(ms - 5, ms), db(ms - 20, ms), db(ms - 60, ms - 20), db(ms - 100, ms)],
    onsetDb: db(0, 1),
  };
}
