import { describe, expect, test } from 'vitest';
import { parseFault, parseSettingsPatch, readSettings } from '../../src/simulator/parse-settings.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { call, connect, createInput, enrolled, session, start, TOKEN_MODEL } from './rig.ts';

async function control(simulator: Simulator, method: string, path: string, body?: unknown, type = 'application/json') {
  const response = await fetch(simulator.httpBaseUrl.replace('/api/v1', `/simulator/${path}`), {
    method,
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> & { message?: string } };
}

describe('the control API', () => {
  test('metrics have the promised shape', async () => {
    const simulator = await start();
    await enrolled(simulator);
    expect((await control(simulator, 'GET', 'metrics')).body).toEqual({
      enroll: { calls: 1, throttled: 0, maxInAnySecond: 1 },
      realtime: { sessions: 0, maxAtOnce: 0, responses: 0, throttled: 0, maxInAnyMinute: 0 },
      voices: 1,
      createdVoices: { free: 1, billed: 0 },
      inference: {
        connections: { accepted: 0, maxAtOnce: 0 },
        tasks: { run: 0, finished: 0, failed: 0, canceled: 0, throttled: 0, maxInAnySecond: 0, maxInAnyMinute: 0 },
        billed: { characters: 0, inputTokens: 0, outputTokens: 0 },
        enroll: {
          ...{ calls: 0, throttled: 0, maxInAnySecond: 0 },
          ...{ created: 0, listed: 0, queried: 0, updated: 0, deleted: 0 },
        },
        catalog: { models: 0, limits: 0 },
        voices: 0,
      },
      openaiSpeech: {
        speech: { calls: 0, spoken: 0, characters: 0, refused: 0, throttled: 0, maxAtOnce: 0 },
        voices: { uploads: 0, lists: 0, deletes: 0 },
      },
      hearing: { calls: 0, seconds: 0 },
    });
  });

  test('settings change while it runs: faults, limits, speed', async () => {
    const simulator = await start();
    const voice = await enrolled(simulator);
    const set = await control(simulator, 'PUT', 'settings', {
      faults: [{ kind: 'throttle-event', times: 1 }],
      limits: { voices: 1, sessionsAtOnce: null },
      speed: { chunkMs: 100 },
    });
    expect(set).toMatchObject({
      status: 200,
      body: { limits: { voices: 1, sessionsAtOnce: null }, faults: [{ kind: 'throttle-event', times: 1 }] },
    });
    expect(await call(simulator, createInput())).toMatchObject({
      status: 400,
      body: { code: 'Throttling.AllocationQuota' },
    });
    const client = await session(simulator, { voice });
    client.say('Hello there.');
    await client.wait('error');
    client.say('Hello there.');
    await client.wait('response.done');
    const delta = client.events.find((event) => event.type === 'response.audio.delta');
    expect(Buffer.from(String(delta?.['delta']), 'base64')).toHaveLength(4_800);
    expect((await control(simulator, 'GET', 'spoken')).body).toEqual({ 'Hello there.': 1 });
    await control(simulator, 'PUT', 'settings', { faults: [{ kind: 'throttle-event' }] });
    client.say('Hello again.');
    await client.wait('error', 2);
  });

  test('reset deletes everything but the settings', async () => {
    const simulator = await start();
    await enrolled(simulator);
    expect(await control(simulator, 'POST', 'reset', {})).toMatchObject({ status: 200 });
    expect(simulator.metrics()).toMatchObject({ voices: 0, enroll: { calls: 0 } });
  });

  test.each([
    ['PUT', 'settings', { limit: {} }, 400, /limit/],
    ['PUT', 'settings', { speed: { chunkMs: 0 } }, 400, /speed\.chunkMs/],
    ['PUT', 'settings', { faults: [{ kind: 'earthquake' }] }, 400, /faults\.0\.kind/],
    ['PUT', 'settings', '{', 400, /json/],
    ['PUT', 'settings', 'x'.repeat(1_100_000), 400, /too large/],
    ['POST', 'clock', { advanceSeconds: -1 }, 400, /advanceSeconds/],
    ['POST', 'clock', { advanceSeconds: '1' }, 400, /advanceSeconds/],
    ['DELETE', 'settings', undefined, 404, /no DELETE/],
    ['GET', 'nothing', undefined, 404, /no GET/],
  ])('%s %s is refused when it makes no sense', async (method, path, body, status, message) => {
    const simulator = await start();
    const answer = await control(simulator, method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(message);
  });

  test('a web page of another origin cannot change settings: requests without a preflight are refused', async () => {
    const simulator = await start();
    expect(await control(simulator, 'POST', 'reset', '{}', 'text/plain')).toMatchObject({ status: 415 });
  });
});

test('a body without end is cut off, and the simulator lives on', async () => {
  const simulator = await start();
  const endless = fetch(simulator.httpBaseUrl.replace('/api/v1', '/simulator/settings'), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: Buffer.alloc(12 * 1024 * 1024, ' '),
  });
  // Refused or cut off, whichever comes first.
  expect([400, 'cut off']).toContain(await endless.then(({ status }) => status).catch(() => 'cut off'));
  expect((await control(simulator, 'GET', 'metrics')).status).toBe(200);
});

describe('the clock', () => {
  const DAY = 86_400;

  test('a voice that is unused for a year vanishes, one that speaks does not', async () => {
    const simulator = await start();
    const [used, unused] = [await enrolled(simulator), await enrolled(simulator, { preferred_name: 'other' })];
    await control(simulator, 'POST', 'clock', { advanceSeconds: 300 * DAY });
    const client = await session(simulator, { voice: used });
    client.say('Still here.');
    await client.wait('response.done');
    simulator.advanceClock(100 * DAY);
    expect(simulator.metrics().voices).toBe(1);
    const { body } = await call(simulator, { action: 'list' });
    expect(body.output?.voice_list.map(({ voice }) => voice)).toEqual([used]);
    const gone = await connect(simulator);
    gone.send({ type: 'session.update', session: { voice: unused, mode: 'commit' } });
    expect(await gone.wait('error')).toMatchObject({
      error: { code: 'invalid_value', message: `The requested voice '${unused}' is not supported.` },
    });
    expect(await call(simulator, { action: 'delete', voice: unused })).toMatchObject({
      status: 400,
      body: { code: 'BadRequest.VoiceNotFound' },
    });
  });

  test('a voice that vanished makes room', async () => {
    const simulator = await start({ limits: { voices: 1 } });
    await enrolled(simulator);
    expect((await call(simulator, createInput())).status).toBe(400);
    simulator.advanceClock(366 * DAY);
    expect((await call(simulator, createInput({ target_model: TOKEN_MODEL }))).status).toBe(200);
    expect(simulator.metrics().voices).toBe(1);
  });
});

describe('settings as text', () => {
  test('faults', () => {
    expect(parseFault('drop')).toEqual({ kind: 'drop' });
    expect(parseFault('stall:rate=0.1,frame=2,times=3')).toEqual({ kind: 'stall', rate: 0.1, frame: 2, times: 3 });
    expect(parseFault('noise:text=12')).toEqual({ kind: 'noise', text: '12' });
    expect(parseFault('dorp')).toMatchObject({
      problem: expect.stringContaining('The faults are: throttle-handshake,'),
    });
    expect(parseFault('drop:rate=2')).toMatchObject({ problem: expect.stringContaining('rate') });
    expect(parseFault('drop:color=red')).toMatchObject({ problem: expect.stringContaining('color') });
    expect(parseFault('')).toHaveProperty('problem');
  });

  test('settings; null and none are no limit', () => {
    expect(readSettings('limits', ['sessionsAtOnce=4', 'callsPerMinute=none', 'throttleForm=close'])).toEqual({
      limits: { sessionsAtOnce: 4, callsPerMinute: Number.POSITIVE_INFINITY, throttleForm: 'close' },
    });
    expect(readSettings('behaviour', ['adoptVoices=true'])).toEqual({ behaviour: { adoptVoices: true } });
    expect(readSettings('limits', ['sessions=4'])).toHaveProperty('problem');
    expect(readSettings('limits', ['sessionsAtOnce'])).toHaveProperty('problem');
    expect(parseSettingsPatch([])).toHaveProperty('problem');
    expect(parseSettingsPatch({ limits: { voices: null } })).toEqual({ limits: { voices: Number.POSITIVE_INFINITY } });
  });
});
