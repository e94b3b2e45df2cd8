/** Faults that a listener minds, put into a good recording at known places. Equal input gives equal sound. */
import type { Recording } from './recordings.ts';
import {
  changed,
  fadedOut,
  joined,
  noise,
  quietPlace,
  resampled,
  seededRandom,
  soundSpan,
  speechRms,
  stretched,
} from './waveforms.ts';

/** What a fault may use. */
export interface FaultInput {
  recording: Recording;
  /** Another recording of the set whose text has about the same length. */
  like: Recording;
  /** A recording by another speaker whose text has about the same length. */
  stranger: Recording;
}

/** A fault: the sound, and the text that it should say. */
export interface Fault {
  name: string;
  /** `none`: a change that no check may mind. */
  target: number | 'none' | undefined;
  put(input: FaultInput): { samples: Int16Array; text: string; seconds?: number };
}

/** The faults; `target` is the share that must be found, undefined when the figure is only told. */
export const FAULTS: readonly Fault[] = [
  fault('cut tail 10 %', undefined, (it) => it.cutAt(0.9)),
  fault('cut tail 20 %', undefined, (it) => it.cutAt(0.8)),
  fault('cut tail 40 %', undefined, (it) => it.cutAt(0.6)),
  fault('cut 20 %, 20 ms fade', undefined, (it) => fadedOut(it.cutAt(0.8), it.of(0.02))),
  fault('cut 20 % at a quiet place', 0.6, (it) => it.all.slice(0, it.quiet(0.75, 0.85))),
  fault('start cut 20 %', 0.95, (it) => it.all.slice(it.place(0.2))),
  fault('half missing', 0.95, (it) => {
    const at = it.quiet(0.42, 0.58);
    return joined(fadedOut(it.all.slice(0, at), it.of(0.02)), it.all.slice(it.place(1)));
  }),
  fault('one word missing', undefined, (it) => {
    const from = it.quiet(0.35, 0.5);
    return joined(it.all.slice(0, from), it.all.slice(it.quietNear(from + it.of(0.35))));
  }),
  fault('1.5 s silence inside', undefined, (it) => it.inserted(new Int16Array(it.of(1.5)))),
  fault('silence 1.2 s beyond its pause', 0.95, (it) => it.inserted(new Int16Array(it.of(it.pause + 1.2)))),
  fault('1.5 s breath-like noise inside', undefined, (it) => it.inserted(noise(it.of(1.5), it.rms / 30, it.random))),
  fault('−14 dB for 0.8 s', undefined, (it) => {
    const from = it.place(0.15 + 0.4 * it.random());
    return changed(it.all, (sample, i) => (i >= from && i < from + it.of(0.8) ? sample * 0.2 : sample));
  }),
  fault('phrase repeated', 0.85, (it) => {
    const length = it.of(0.8 + 0.7 * it.random());
    const from = it.quietNear(it.place(0.1 + 0.3 * it.random()));
    const to = it.quietNear(Math.min(from + length, it.place(0.95)));
    return joined(it.all.slice(0, to), it.again(it.all.slice(from, to)), it.all.slice(to));
  }),
  fault('everything said twice', 0.95, (it) =>
    joined(it.all, new Int16Array(it.of(0.2)), it.again(it.all.slice(it.place(0), it.place(1)))),
  ),
  fault('tail loops ×5', 0.95, (it) => it.looped(5)),
  fault('tail loops ×15', undefined, (it) => it.looped(15)),
  {
    name: 'wrong text of like length',
    target: undefined,
    put: ({ recording, like }) => ({ samples: like.samples, text: recording.text }),
  },
  {
    name: 'wrong voice',
    target: undefined,
    put: ({ stranger }) => ({ samples: stranger.samples, text: stranger.text }),
  },
  fault('noise burst 0.3 s', 0.95, (it) => it.burst(0.3)),
  fault('noise burst 1 s', 0.95, (it) => it.burst(1)),
  fault('click', 0.95, (it) => {
    const at = it.place(0.1 + 0.8 * it.random());
    const height = Math.min(30_000, it.rms * 10) * (it.random() < 0.5 ? -1 : 1);
    return changed(it.all, (sample, i) => (i === at ? height : i === at + 1 ? -height / 2 : sample));
  }),
  fault('constant noise, SNR 20 dB', 0.95, (it) => it.noisy(20)),
  fault('constant noise, SNR 10 dB', undefined, (it) => it.noisy(10)),
  fault('speed 1.6 ×', 0.95, (it) => stretched(it.all, 1.6, it.sampleRateHz)),
  fault('pitch −25 %', undefined, (it) => stretched(resampled(it.all, 0.75), 1 / 0.75, it.sampleRateHz)),
  fault('clipped 12 dB', undefined, (it) => {
    const peak = it.all.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return changed(it.all, (sample) => (Math.max(-peak / 4, Math.min(peak / 4, sample)) * 32_767) / (peak / 4));
  }),
  fault('constant offset 200', 'none', (it) => changed(it.all, (sample) => sample + 200)),
  fault('constant offset 500', 'none', (it) => changed(it.all, (sample) => sample + 500)),
];

type Workbench = ReturnType<typeof workbench>;

function fault(name: string, target: Fault['target'], make: (it: Workbench) => Int16Array): Fault {
  return {
    name,
    target,
    put({ recording }) {
      return { samples: make(workbench(name, recording)), text: recording.text };
    },
  };
}

/** What the faults above are made with. */
function workbench(name: string, { samples: all, sampleRateHz, text, set, name: file }: Recording) {
  const random = seededRandom(`${name} ${set} ${file}`);
  const { from, to } = soundSpan(all, sampleRateHz);
  const rms = speechRms(all, sampleRateHz);
  const of = (seconds: number) => Math.round(seconds * sampleRateHz);
  const place = (share: number) => Math.round(from + share * (to - from));
  const quiet = (least: number, most: number) => quietPlace(all, sampleRateHz, place(least), place(most));
  const quietNear = (at: number) =>
    quietPlace(all, sampleRateHz, Math.max(from, at - of(0.12)), Math.min(to, at + of(0.12)));
  return {
    all,
    sampleRateHz,
    random,
    rms,
    of,
    place,
    quiet,
    quietNear,
    /** The longest pause that the text asks for. */
    pause: /[.!?…]\s+\S/u.test(text) ? 1.7 : /[,;:—–]/u.test(text) ? 1.3 : 0.9,
    cutAt: (share: number) => all.slice(0, place(share)),
    inserted(piece: Int16Array) {
      const at = quiet(0.25, 0.75);
      return joined(all.slice(0, at), piece, all.slice(at));
    },
    /** Said again: no copy, but a little faster or slower, higher or lower, and louder or quieter. */
    again(piece: Int16Array) {
      const factor = 1 + (random() < 0.5 ? -1 : 1) * (0.02 + 0.04 * random());
      const gain = 10 ** ((3 * random() - 1.5) / 20);
      return changed(resampled(piece, factor), (sample) => sample * gain);
    },
    looped(times: number) {
      const end = place(0.97);
      const piece = all.slice(Math.max(0, end - of(0.3 + 0.3 * random())), end);
      return joined(all.slice(0, end), ...Array.from({ length: times }, () => this.again(piece)), all.slice(end));
    },
    burst(seconds: number) {
      const at = place(0.1) + Math.round(random() * Math.max(0, place(0.9) - place(0.1) - of(seconds)));
      const added = noise(of(seconds), rms / 2, random);
      return changed(all, (sample, i) => sample + (added[i - at] ?? 0));
    },
    noisy(snrDb: number) {
      const added = noise(all.length, rms * 10 ** (-snrDb / 20), random);
      return changed(all, (sample, i) => sample + added[i]!);
    },
  };
}
