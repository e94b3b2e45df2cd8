import { expect, test } from 'vitest';
import type { FaultKind } from '../../src/simulator/faults.ts';
import { estimatePitchHz } from '../../src/simulator/pitch.ts';
import { enrolled, session, start } from './rig.ts';

const TEXT = 'A sentence that is long enough for several frames of audio, and then some more of it.';

/** The same text with a fault and without one, over one session. */
async function speakTwice(kind: FaultKind): Promise<{ faulty: Int16Array; plain: Int16Array }> {
  const simulator = await start({ faults: [{ kind, nth: 1 }] });
  const client = await session(simulator, { voice: await enrolled(simulator) });
  client.say(TEXT);
  expect(await client.wait('response.done')).toMatchObject({ response: { status: 'completed' } });
  const faulty = client.pcm();
  client.say(TEXT);
  await client.wait('response.done', 2);
  return { faulty, plain: client.pcm().subarray(faulty.length) };
}

const rms = (samples: Int16Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

test('wrong-voice: another pitch', async () => {
  const { faulty, plain } = await speakTwice('wrong-voice');
  const [wrong, right] = [estimatePitchHz(faulty, 24_000)!, estimatePitchHz(plain, 24_000)!];
  expect(Math.abs(Math.log2(wrong / right))).toBeGreaterThan(0.7);
});

test('truncated-tail: the start of the same speech, and less of it', async () => {
  const { faulty, plain } = await speakTwice('truncated-tail');
  expect(faulty.length / plain.length).toBeCloseTo(0.7, 2);
  expect(faulty).toEqual(plain.subarray(0, faulty.length));
});

test('inserted-silence: two seconds of nothing in the middle', async () => {
  const { faulty, plain } = await speakTwice('inserted-silence');
  expect(faulty.length - plain.length).toBe(48_000);
  const middle = plain.length >> 1;
  expect(rms(faulty.subarray(middle, middle + 48_000))).toBe(0);
  expect(faulty.subarray(middle + 48_000)).toEqual(plain.subarray(middle));
});

test('repetition: the middle third twice', async () => {
  const { faulty, plain } = await speakTwice('repetition');
  const [from, to] = [Math.round(plain.length / 3), Math.round((plain.length * 2) / 3)];
  expect(faulty.length).toBe(plain.length + to - from);
  expect(faulty.subarray(to, to + to - from)).toEqual(plain.subarray(from, to));
});

test('noise: −30 dBFS of it, everywhere', async () => {
  const { faulty, plain } = await speakTwice('noise');
  const difference = faulty.map((sample, index) => sample - plain[index]!);
  expect(20 * Math.log10(rms(difference) / 32_768)).toBeCloseTo(-30, 0);
});

test('level-jump: the second half 14 dB lower', async () => {
  const { faulty, plain } = await speakTwice('level-jump');
  const half = Math.ceil(plain.length / 2);
  expect(faulty.subarray(0, half)).toEqual(plain.subarray(0, half));
  expect(20 * Math.log10(rms(faulty.subarray(half)) / rms(plain.subarray(half)))).toBeCloseTo(-14, 1);
});

test('bursts: speech pauses after each two seconds', async () => {
  const simulator = await start({ speed: { burstMs: 1000, burstPauseMs: 60 } });
  const client = await session(simulator, { voice: await enrolled(simulator) });
  const startMs = performance.now();
  client.say(TEXT);
  await client.wait('response.done');
  const seconds = client.pcm().length / 24_000;
  expect(seconds).toBeGreaterThan(3);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(Math.floor(seconds) * 60 - 2);
});
