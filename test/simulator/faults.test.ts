import { describe, expect, test } from 'vitest';
import { type FaultRule, planFaults } from '../../src/simulator/faults.ts';
import { call, connect, createInput, enrolled, session, start } from './rig.ts';

const TEXT = 'A sentence that is long enough for several frames of audio, and then some more.';

/** Speaks TEXT with a fault on the first response and gives the client. */
async function struck(rule: FaultRule) {
  const simulator = await start({ faults: [{ nth: 1, ...rule }] });
  const client = await session(simulator, { voice: await enrolled(simulator) });
  client.say(TEXT);
  return { client, simulator };
}

const deltas = (types: string[]) => types.filter((type) => type === 'response.audio.delta').length;

describe('in a response', () => {
  test('drop: the socket is gone after n frames, without a close frame', async () => {
    const { client } = await struck({ kind: 'drop', frame: 2 });
    expect((await client.closed).code).toBe(1006);
    expect(deltas(client.events.map((event) => event.type))).toBeLessThanOrEqual(2);
    expect(client.types()).not.toContain('response.done');
  });

  test('close: a close frame after n frames', async () => {
    const { client } = await struck({ kind: 'close', frame: 2 });
    expect((await client.closed).code).toBe(1007);
    expect(deltas(client.events.map((event) => event.type))).toBe(2);
    expect(client.types()).not.toContain('response.done');
  });

  test('error-event: an error, then the end', async () => {
    const { client } = await struck({ kind: 'error-event' });
    expect(await client.wait('error')).toMatchObject({ error: { code: 'InternalError' } });
    expect((await client.closed).code).toBe(1007);
    expect(deltas(client.events.map((event) => event.type))).toBe(1);
  });

  test('a fault beyond the last frame strikes before the end', async () => {
    const { client } = await struck({ kind: 'close', frame: 1000 });
    await client.closed;
    expect(client.types()).not.toContain('response.audio.done');
  });

  test('finished-without-audio: all events but deltas, and the next response is complete', async () => {
    const { client } = await struck({ kind: 'finished-without-audio' });
    expect(await client.wait('response.done')).toMatchObject({ response: { status: 'completed' } });
    expect(client.pcm()).toHaveLength(0);
    client.say(TEXT);
    await client.wait('response.done', 2);
    expect(client.pcm().length).toBeGreaterThan(24_000);
  });

  test('odd-delta: two deltas of odd length, the audio as a whole intact', async () => {
    const { client } = await struck({ kind: 'odd-delta', frame: 2 });
    await client.wait('response.done');
    const lengths = client.events
      .filter((event) => event.type === 'response.audio.delta')
      .map((event) => Buffer.from(String(event['delta']), 'base64').length);
    expect(lengths.map((length) => length % 2).slice(0, 4)).toEqual([0, 1, 1, 0]);
    expect(lengths[1]! + lengths[2]!).toBe(15_360);
  });

  test('throttle-event, throttle-close and content-refusal come in place of the response', async () => {
    const event = await struck({ kind: 'throttle-event' });
    expect(await event.client.wait('error')).toMatchObject({ error: { code: 'Throttling.RateQuota' } });
    event.client.say(TEXT);
    await event.client.wait('response.done');
    expect(event.simulator.metrics().realtime).toMatchObject({ responses: 1, throttled: 1 });
    const close = await struck({ kind: 'throttle-close' });
    expect(await close.client.closed).toMatchObject({ code: 1007, reason: expect.stringContaining('rate limit') });
    const refusal = await struck({ kind: 'content-refusal' });
    expect(await refusal.client.wait('error')).toMatchObject({ error: { code: 'DataInspectionFailed' } });
    expect((await refusal.client.closed).code).toBe(1007);
    expect(refusal.client.types()).not.toContain('response.created');
  });
});

describe('before and beside', () => {
  test('handshakes: throttled, broken, slow', async () => {
    const simulator = await start({
      faults: [
        { kind: 'throttle-handshake', nth: 1 },
        { kind: 'handshake-5xx', nth: 2 },
        { kind: 'slow-handshake', nth: 3, delayMs: 80 },
      ],
    });
    await expect(connect(simulator)).rejects.toMatchObject({ status: 429 });
    await expect(connect(simulator)).rejects.toMatchObject({ status: 503 });
    const startMs = performance.now();
    await connect(simulator);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(78);
    expect(simulator.metrics().realtime).toMatchObject({ sessions: 1, throttled: 1 });
  });

  test('HTTP: 500, 429, an empty 400, and a voice whose answer is lost', async () => {
    const simulator = await start({
      faults: [
        { kind: 'http-5xx', nth: 1 },
        { kind: 'http-429', nth: 2 },
        { kind: 'empty-body-400', nth: 3 },
        { kind: 'lost-answer', nth: 1 },
      ],
    });
    expect(await call(simulator, createInput())).toMatchObject({ status: 500, body: { code: 'InternalError' } });
    expect(await call(simulator, createInput())).toMatchObject({ status: 429, body: { code: 'Throttling.RateQuota' } });
    const empty = await call(simulator, createInput());
    expect([empty.status, empty.body]).toEqual([400, {}]);
    await expect(call(simulator, createInput())).rejects.toThrow();
    const { body } = await call(simulator, { action: 'list' });
    expect(body.output?.voice_list).toHaveLength(1);
  });
});

describe('rules', () => {
  const fates = (seed: number, texts: string[]) => {
    const plan = planFaults([{ kind: 'drop', rate: 0.1 }], seed);
    return new Map(texts.map((text) => [text, plan.strike({ place: 'response', text }) !== undefined]));
  };
  const texts = Array.from({ length: 1000 }, (_, i) => `Sentence ${i}.`);

  test('a rate is met, and the fate of a text does not hang on the order of the others', () => {
    const forwards = fates(1, texts);
    const struckShare = [...forwards.values()].filter(Boolean).length / texts.length;
    expect(struckShare).toBeGreaterThan(0.07);
    expect(struckShare).toBeLessThan(0.13);
    const backwards = fates(1, [...texts].reverse());
    for (const text of texts) expect(backwards.get(text)).toBe(forwards.get(text));
    expect([...fates(2, texts)]).not.toEqual([...forwards]);
  });

  test('text, times and nth add up', () => {
    const plan = planFaults(
      [
        { kind: 'stall', text: 'lamp', times: 1 },
        { kind: 'close', text: 'lamp', nth: 3 },
      ],
      1,
    );
    const strike = (text: string) => plan.strike({ place: 'response', text })?.kind;
    expect([strike('dark'), strike('the lamp'), strike('the lamp'), strike('the lamp'), strike('the lamp')]).toEqual([
      undefined,
      'stall',
      undefined,
      'close',
      undefined,
    ]);
  });
});
