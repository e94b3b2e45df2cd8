import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openEars } from '../../../src/audio/listening/ears.ts';
import { listen } from '../../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../../src/audio/listening/narrow-band.ts';
import { createTakeMeter } from '../../../src/audio/measure/take-meter.ts';
import { judgeTake } from '../../../src/qc/take.ts';
import type { VoiceHabit } from '../../../src/qc/take-context.ts';
import { habitOf, habitOfTake } from '../../../src/qc/voice-habits.ts';

const RATE_HZ = 24_000;
const TEXT = 'The boat came out of the fog, a little before noon, and nobody saw it.';

/** Something like speech: syllables of changing vowels, with quiet between them; silent at both ends. */
function speech(seconds = 4, syllablesPerSecond = 5): Float32Array {
  const sound = new Float32Array(seconds * RATE_HZ);
  let phase = 0;
  for (let i = 0; i < sound.length; i++) {
    const at = i / RATE_HZ;
    const syllable = Math.floor(at * syllablesPerSecond);
    phase += (2 * Math.PI * (110 + 13 * Math.sin(at))) / RATE_HZ;
    const formants = [300 + ((syllable * 137) % 500), 900 + ((syllable * 331) % 1500)];
    let value = 0;
    for (let k = 1; k * 110 < 3_600; k++) {
      const gain = formants.reduce((sum, hz) => sum + 1 / (1 + ((k * 110 - hz) / 120) ** 2), 0);
      value += gain * Math.sin(k * phase);
    }
    const edge = Math.min(1, Math.max(0, 8 * Math.min(at - 0.2, seconds - 0.2 - at)));
    sound[i] = 0.06 * value * edge * Math.sin(Math.PI * ((at * syllablesPerSecond) % 1)) ** 2;
  }
  return sound;
}

function pcm(sound: Float32Array, offset = 0): Int16Array {
  return Int16Array.from(sound, (value) => Math.round(32_768 * Math.max(-1, Math.min(0.999, value))) + offset);
}

function narrow(sound: Float32Array): Float32Array {
  const band = createNarrowBand(RATE_HZ);
  const samples = pcm(sound);
  // Odd pieces, as they arrive.
  const bytes = new Uint8Array(samples.buffer);
  for (let from = 0; from < bytes.length; from += 4_801) band.push(bytes.subarray(from, from + 4_801));
  return band.samples();
}

function checks(sound: Float32Array, voice?: VoiceHabit): string[] {
  return judgeTake(measured(sound), { text: TEXT, heard: listen(narrow(sound)), voice }).doubts.map(
    ({ check }) => check,
  );
}

function measured(sound: Float32Array) {
  const meter = createTakeMeter(RATE_HZ);
  meter.push(new Uint8Array(pcm(sound).buffer));
  return meter.finish().measured;
}

/** The voice of `speech`, as it is known from many of its takes. */
function knownVoice(): VoiceHabit {
  const sound = speech();
  const habit = habitOfTake(measured(sound), TEXT, { heard: listen(narrow(sound)) });
  return habitOf(Array.from({ length: 8 }, () => habit!))!;
}

function withNoise(fromSeconds: number, toSeconds: number, amplitude: number): Float32Array {
  let state = 1;
  return speech().map((value, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const at = i / RATE_HZ;
    return at < fromSeconds || at >= toSeconds ? value : value + amplitude * (state / 0x3fff_ffff - 1);
  });
}

describe('listen', () => {
  it('hears nothing wrong in a good take', () => {
    // Its few vowels do come again.
    expect(checks(speech()).filter((check) => check !== 'repeated')).toEqual([]);
  });

  it('hears a burst of noise, and where it is', () => {
    expect(checks(withNoise(1.5, 1.9, 0.2))).toContain('noise-burst');
    expect(listen(narrow(withNoise(1.5, 1.9, 0.2)))!.burst.atSeconds).toBeCloseTo(1.55, 0);
  });

  it('hears noise under everything', () => {
    expect(checks(withNoise(0, 4, 0.05))).toContain('noise');
  });

  it('hears a click', () => {
    const sound = speech();
    sound.fill(0.9, 2 * RATE_HZ, 2 * RATE_HZ + 4);
    expect(checks(sound)).toContain('click');
    expect(listen(narrow(sound))!.click.atSeconds).toBeCloseTo(2, 1);
  });

  it('hears a click apart from sounds of the take that are as sharp, however far away', () => {
    const clicks = (every: number) => {
      const sound = speech();
      for (let at = 1; at < 3; at += every) sound.fill(0.9, at * RATE_HZ, at * RATE_HZ + 4);
      return listen(narrow(sound))!.click;
    };
    const [one, many] = [clicks(2), clicks(0.1)];
    expect(many.times).toBeGreaterThan(one.times / 2);
    expect(many.apart).toBeLessThan(one.apart / 4);
  });

  it('hears no click in pulses of a voice, however sharp', () => {
    const sound = speech().map((value, i) => (i % 200 === 0 ? 4 * value : value));
    expect(checks(sound)).not.toContain('click');
  });

  it('hears a start that is cut off, of a voice that nobody knows', () => {
    expect(checks(speech().subarray(Math.round(0.75 * RATE_HZ)))).toContain('start-cut');
  });

  it('hears that half of the text is missing, of a voice that nobody knows', () => {
    const sound = speech(2.2);
    expect(checks(sound)).toContain('too-short');
    // A slow reader has as many syllables in as little of the text.
    expect(listen(narrow(sound))!.nuclei).toBeLessThan(0.65 * listen(narrow(speech()))!.nuclei);
  });

  it('hears that a known voice speaks too fast, and not that it speaks as ever', () => {
    expect(checks(speech(), knownVoice()).filter((check) => check !== 'repeated')).toEqual([]);
    expect(checks(speech(2.65, 8), knownVoice())).toContain('too-fast');
  });

  it('hears a pause that a breath fills', () => {
    const sound = withNoise(1, 3.2, 0.004).map((value, i) => (i > RATE_HZ && i < 3.2 * RATE_HZ ? value * 0.02 : value));
    expect(listen(narrow(sound))!.lull.seconds).toBeGreaterThan(2);
    expect(checks(sound)).toContain('silence-inside');
  });

  it('hears what is said twice', () => {
    const once = speech(3);
    const twice = new Float32Array(2 * once.length);
    twice.set(once);
    twice.set(once, once.length);
    expect(listen(narrow(twice))!.repeated?.seconds ?? 0).toBeGreaterThan(
      (listen(narrow(once))!.repeated?.seconds ?? 0) + 0.5,
    );
  });

  it('hears nothing in silence and in almost nothing', () => {
    expect(listen(new Float32Array(16_000))).toBeUndefined();
    expect(listen(new Float32Array(100))).toBeUndefined();
  });

  it('is the same through the ears of the program', async () => {
    const ears = openEars();
    const sound = narrow(speech());
    expect(await ears.listen(sound, TEXT)).toEqual(listen(narrow(speech()), TEXT));
    await ears.close();
  });

  it('starts a second thread when a take would wait for the first, and not before', async () => {
    const worker = pathToFileURL(resolve('dist/src/audio/listening/listen-worker.js'));
    const started: unknown[] = [];
    const note = (thread: unknown) => started.push(thread);
    process.on('worker', note);
    const ears = openEars({ threads: 2, worker });
    const wanted = listen(narrow(speech()), TEXT);
    expect(wanted).toHaveProperty('lateStart');
    expect(await ears.listen(narrow(speech()), TEXT)).toEqual(wanted);
    expect(await ears.listen(narrow(speech()), TEXT)).toEqual(wanted);
    expect(started).toHaveLength(1);
    const heard = await Promise.all([1, 2, 3, 4].map(() => ears.listen(narrow(speech()), TEXT)));
    expect(heard).toEqual([wanted, wanted, wanted, wanted]);
    expect(started).toHaveLength(2);
    await ears.close();
    process.off('worker', note);
  });
});

describe('createTakeMeter', () => {
  it.each([0, 200, 500])('takes no constant offset (%d) for a cut end', (offset) => {
    const samples = pcm(speech(), offset);
    const meter = createTakeMeter(RATE_HZ);
    meter.push(new Uint8Array(samples.buffer));
    expect(judgeTake(meter.finish().measured, { text: TEXT }).doubts).toEqual([]);
  });
});
