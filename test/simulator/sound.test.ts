import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { speechRequest } from '../../src/simulator/espeak-engine.ts';
import { espeakVoice } from '../../src/simulator/language.ts';
import { estimatePitchHz } from '../../src/simulator/pitch.ts';
import { createResampler } from '../../src/simulator/resample.ts';
import { slidingWindow } from '../../src/simulator/sliding-window.ts';
import { takeTraits } from '../../src/simulator/voice-traits.ts';
import { decodeWav } from '../../src/simulator/wav.ts';
import { type Client, dataUri, enrolled, session, speechLike, start, wav } from './rig.ts';

describe('pitch', () => {
  test.each([75, 110, 160, 220, 300, 350])('a voice at %i Hz', (pitchHz) => {
    expect(estimatePitchHz(speechLike({ pitchHz }), 24_000)).toBeCloseTo(pitchHz, -1);
  });

  test('silence and noise have none', () => {
    expect(estimatePitchHz(new Int16Array(48_000), 24_000)).toBeUndefined();
    let state = 1;
    const noise = Int16Array.from({ length: 48_000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state % 20_000) - 10_000;
    });
    expect(estimatePitchHz(noise, 24_000)).toBeUndefined();
    expect(estimatePitchHz(new Int16Array(10), 24_000)).toBeUndefined();
  });
});

describe('resampling', () => {
  const sine = (hz: number, rateHz: number, seconds = 0.5) =>
    Int16Array.from({ length: rateHz * seconds }, (_, i) =>
      Math.round(16_000 * Math.sin((2 * Math.PI * hz * i) / rateHz)),
    );
  const rms = (pcm: Int16Array | number[]) => Math.sqrt([...pcm].reduce((sum, x) => sum + x * x, 0) / pcm.length);

  test.each([24_000, 8000, 48_000])(
    '1 kHz from 22,050 to %i Hz differs from the true tone by less than −60 dB',
    (toHz) => {
      const resampler = createResampler(22_050, toHz);
      const input = sine(1000, 22_050);
      const output = resampler.range(input, 0, resampler.outputLength(input.length), 1);
      expect(output).toHaveLength(toHz / 2);
      const truth = sine(1000, toHz);
      const middle = [...output.keys()].filter((i) => i > 500 && i < output.length - 500);
      const error = rms(middle.map((i) => output[i]! - truth[i]!));
      expect(20 * Math.log10(error / rms(truth))).toBeLessThan(-60);
    },
  );

  test('frequencies above the new rate are removed', () => {
    const resampler = createResampler(22_050, 8000);
    const output = resampler.range(sine(6000, 22_050), 500, 3000, 1);
    expect(rms(output)).toBeLessThan(8);
  });

  test('pieces are the whole', () => {
    const resampler = createResampler(22_050, 24_000);
    const input = speechLike({ seconds: 0.2, rateHz: 22_050 });
    const whole = resampler.range(input, 0, 10_000, 0.6);
    const pieces = [0, 1, 2, 3, 4].flatMap((n) => [...resampler.range(input, n * 1000, 1000, 0.6)]);
    expect(pieces).toEqual([...whole]);
  });
});

test('WAV of other depths decodes to the same sound', () => {
  const pcm = speechLike({ seconds: 0.1 });
  const make = (tag: number, bits: number, write: (buffer: Buffer, at: number, value: number) => void) => {
    const file = Buffer.alloc(44 + (pcm.length * bits) / 8);
    wav(pcm).copy(file, 0, 0, 44);
    file.writeUInt16LE(tag, 20);
    file.writeUInt16LE(bits, 34);
    file.writeUInt32LE(0xffff_ffff, 40);
    for (const [i, value] of pcm.entries()) write(file, 44 + (i * bits) / 8, value);
    return decodeWav(file)?.pcm;
  };
  expect(decodeWav(wav(pcm))?.pcm).toEqual(pcm);
  expect(make(1, 24, (file, at, value) => file.writeIntLE(value * 256, at, 3))).toEqual(pcm);
  expect(make(1, 32, (file, at, value) => file.writeInt32LE(value * 65_536, at))).toEqual(pcm);
  expect(make(3, 32, (file, at, value) => file.writeFloatLE(value / 32_768, at))).toEqual(pcm);
  expect(make(6, 8, () => {})).toBeUndefined();
});

test('a window slides: twenty events over a second boundary are seen', () => {
  const window = slidingWindow(1000);
  for (let i = 0; i < 10; i++) window.add(950 + i);
  for (let i = 0; i < 10; i++) window.add(1050 + i);
  expect(window.most()).toBe(20);
  expect(window.count(1949)).toBe(20);
  expect(window.count(1950)).toBe(19);
  expect(window.count(5000)).toBe(0);
});

test('a text picks its language', () => {
  expect(['你好', 'こんにちは、世界', '안녕', 'Привет', 'Hello'].map((text) => espeakVoice('Auto', text))).toEqual([
    'cmn',
    'ja',
    'ko',
    'ru',
    'en',
  ]);
  expect(espeakVoice('German', '你好')).toBe('de');
});

describe.each(['speech', 'tones'] as const)('voices by %s', (voiceEngine) => {
  const text = 'Hello there. The lamp went out, and nobody answered for a long time.';
  const hear = async (client: Client, line: string): Promise<Int16Array> => {
    const from = client.pcm().length;
    const done = client.types().filter((type) => type === 'response.done').length;
    client.say(line);
    await client.wait('response.done', done + 1);
    return client.pcm().slice(from);
  };

  test('have the pitch of their samples, say the same in the same way, and always say something', async () => {
    const simulator = await start({ voiceEngine });
    expect(simulator.engine).toBe(voiceEngine);
    const clients: Client[] = [];
    const aimsHz = [85, 150, 330];
    for (const pitchHz of aimsHz) {
      const voice = await enrolled(simulator, { audio: { data: dataUri(wav(speechLike({ pitchHz }))) } });
      clients.push(await session(simulator, { voice }));
    }
    const heard: Int16Array[] = [];
    for (const client of clients) heard.push(await hear(client, text));
    for (const [i, aimHz] of aimsHz.entries()) {
      const ratio = (estimatePitchHz(heard[i]!, 24_000) ?? 0) / aimHz;
      expect(ratio).toBeGreaterThan(0.88);
      expect(ratio).toBeLessThan(1.12);
      expect(Math.max(...heard[i]!.map(Math.abs))).toBeLessThan(32_000);
    }

    // Other texts and voices in between must leave no trace.
    const digest = (pcm: Int16Array) => createHash('sha256').update(pcm).digest('hex');
    for (const line of ['Hello.', 'Something else?', 'Hello.']) {
      await hear(clients[1]!, line);
      expect(digest(await hear(clients[0]!, text))).toBe(digest(heard[0]!));
    }

    const chinese = await hear(clients[1]!, '你好，世界。今天天气很好。');
    expect(chinese.length / 24_000).toBeGreaterThan(1.5);
    expect(chinese.length / 24_000).toBeLessThan(6);
    expect((estimatePitchHz(chinese, 24_000) ?? 0) / 150).toBeGreaterThan(0.85);
    expect((await hear(clients[1]!, '…')).length).toBeGreaterThanOrEqual(7200);
  });
});

test.each(['speech', 'tones'] as const)(
  'another take by %s sounds different, and the same take the same',
  async (voiceEngine) => {
    const simulator = await start({ voiceEngine });
    const client = await session(simulator, { voice: await enrolled(simulator) });
    const heard: string[] = [];
    for (const [at, id] of ['event_2', 'event_4_take_2', 'event_6_take_3', 'event_8_take_2', 'event_10'].entries()) {
      const from = client.pcm().length;
      client.send({ type: 'input_text_buffer.append', text: 'The lamp went out.' });
      client.send({ type: 'input_text_buffer.commit', event_id: id });
      await client.wait('response.done', at + 1);
      heard.push(createHash('sha256').update(client.pcm().slice(from)).digest('hex'));
    }
    expect(new Set(heard.slice(0, 3)).size).toBe(3);
    expect([heard[3], heard[4]]).toEqual([heard[1], heard[0]]);
  },
);

test('of a dozen takes no two sound alike, for a low voice and a high one', () => {
  for (const pitchHz of [75, 120, 340]) {
    const traits = { pitchHz, formantPercent: 100, pace: 1 };
    const requests = Array.from({ length: 12 }, (_, at) => {
      const settings = { languageType: 'English', speechRate: 1, pitchRate: 1, volume: 50 };
      const sound = { sampleRateHz: 24_000, chunkSamples: 1 };
      return JSON.stringify(
        speechRequest({ text: 'Hello.', traits: takeTraits(traits, at + 1), ...settings, ...sound }),
      );
    });
    expect(new Set(requests).size).toBe(12);
    expect(takeTraits(traits, 1)).toEqual(traits);
  }
});

test('a text too long for the speech engine fails its session, not the simulator', async () => {
  const simulator = await start({ voiceEngine: 'speech' });
  const voice = await enrolled(simulator);
  const client = await session(simulator, { voice });
  client.say('word '.repeat(20_000));
  expect(await client.wait('error')).toMatchObject({ error: { code: 'InternalError' } });
  expect((await client.closed).code).toBe(1007);
  const next = await session(simulator, { voice });
  next.say('Still here.');
  await next.wait('response.done');
});
