import { describe, expect, test } from 'vitest';
import { CHARACTER_MODEL, connect, enrolled, session, start, TOKEN_MODEL } from './rig.ts';

const BLOCK = [
  'input_text_buffer.committed',
  'response.created',
  'response.output_item.added',
  'response.content_part.added',
  'response.audio.delta',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

describe('handshake', () => {
  test('no key and an unknown key are refused before the upgrade, with the body that HTTP gives', async () => {
    const simulator = await start({ apiKeys: ['sk-good'] });
    await expect(connect(simulator, { key: '' })).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('"code":"InvalidApiKey","message":"No API-key provided."'),
      response: { headers: { 'x-simulated-by': 'narration-pipeline' } },
    });
    await expect(connect(simulator, { key: 'sk-bad' })).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('Invalid API-key provided.'),
    });
    const client = await connect(simulator, { key: 'sk-good' });
    await client.wait('session.created');
  });

  test('the answer to a good handshake says that it is simulated', async () => {
    const simulator = await start();
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`${simulator.realtimeUrl}?model=${TOKEN_MODEL}`, {
      headers: { authorization: 'bearer lower-case' },
    });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      socket.on('upgrade', (response) => resolve(response.headers));
      socket.on('error', reject);
    });
    socket.terminate();
    expect(headers['x-simulated-by']).toBe('narration-pipeline');
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  test('an unknown model is created and then closed without a word', async () => {
    const simulator = await start();
    const client = await connect(simulator, { model: 'qwen-imaginary' });
    expect((await client.closed).code).toBe(1000);
    expect(client.types()).toEqual(['session.created']);
  });

  test('sessions over the limit and calls over the rate are throttled', async () => {
    const simulator = await start({ limits: { sessionsAtOnce: 1 } });
    await connect(simulator);
    await expect(connect(simulator)).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('Throttling.RateQuota'),
    });
    const paced = await start({ limits: { callsPerMinute: 2, callIs: 'response' } });
    const client = await session(paced, { voice: await enrolled(paced) });
    for (const n of [1, 2]) {
      client.say(`Line ${n}.`);
      await client.wait('response.done', n);
    }
    client.say('Line 3.');
    expect(await client.wait('error')).toMatchObject({ error: { code: 'Throttling.RateQuota' } });
    expect(paced.metrics().realtime).toMatchObject({ responses: 2, throttled: 1, maxInAnyMinute: 3 });
  });
});

describe('commit mode', () => {
  test('two responses have the events in the order of the service, and finish closes with 1000', async () => {
    const simulator = await start();
    const voice = await enrolled(simulator);
    const client = await session(simulator, { voice, language_type: 'English', made_up: 1 });
    expect((await client.wait('session.updated'))['session']).toEqual({
      id: expect.stringMatching(/^sess_[A-Za-z0-9]{21}$/),
      object: 'realtime.session',
      model: TOKEN_MODEL,
      voice,
      mode: 'commit',
      language_type: 'English',
      response_format: 'pcm',
      sample_rate: 24_000,
    });
    client.say('The lamp went out.');
    await client.wait('response.done');
    client.say('Who is there?');
    await client.wait('response.done', 2);
    client.send({ type: 'session.finish' });
    expect((await client.closed).code).toBe(1000);
    expect(client.types()).toEqual(['session.created', 'session.updated', ...BLOCK, ...BLOCK, 'session.finished']);
    expect(client.events.find((event) => event.type === 'input_text_buffer.committed')).toMatchObject({ item_id: '' });
    expect(new Set(client.events.map((event) => event['event_id'])).size).toBe(client.events.length);
    expect(simulator.spokenTexts()).toEqual(
      new Map([
        ['The lamp went out.', 1],
        ['Who is there?', 1],
      ]),
    );
  });

  test('usage counts tokens for the older model and billed characters for qwen3', async () => {
    const simulator = await start();
    const older = await session(simulator, { voice: await enrolled(simulator) });
    older.say('你好 world');
    const { response } = (await older.wait('response.done')) as unknown as { response: Record<string, unknown> };
    const audioTokens = Math.max(50, Math.ceil((older.pcm().length / 24_000) * 50));
    expect(response).toMatchObject({
      status: 'completed',
      usage: { input_tokens: 5, output_tokens: audioTokens, total_tokens: 5 + audioTokens },
    });
    const voice = await enrolled(simulator, { target_model: CHARACTER_MODEL });
    const newer = await session(simulator, { voice }, CHARACTER_MODEL);
    newer.say('你好 world');
    expect(await newer.wait('response.done')).toMatchObject({ response: { usage: { characters: 10 } } });
  });

  test('an empty commit is an error and the session lives on', async () => {
    const simulator = await start();
    const client = await session(simulator, { voice: await enrolled(simulator) });
    client.send({ type: 'input_text_buffer.append', text: 'forgotten' });
    client.send({ type: 'input_text_buffer.clear' });
    client.send({ type: 'input_text_buffer.append', delta: 'the wrong field' });
    client.send({ type: 'input_text_buffer.commit' });
    await client.wait('input_text_buffer.cleared');
    expect(await client.wait('error')).toMatchObject({ error: { code: 'invalid_value' } });
    client.say('Still here.');
    await client.wait('response.done');
    expect(simulator.metrics().realtime.responses).toBe(1);
  });

  test('text appended while a response runs is ignored, or buffered when asked to', async () => {
    for (const appendWhileSpeaking of ['ignore', 'buffer'] as const) {
      const simulator = await start({ behaviour: { appendWhileSpeaking }, speed: { firstAudioMs: 50 } });
      const client = await session(simulator, { voice: await enrolled(simulator) });
      client.say('First.');
      client.say('Second.');
      client.send({ type: 'session.finish' });
      await client.closed;
      const ignored = appendWhileSpeaking === 'ignore';
      expect([...simulator.spokenTexts().keys()]).toEqual(ignored ? ['First.'] : ['First.', 'Second.']);
      expect(client.types().includes('error')).toBe(ignored);
    }
  });

  test('a cancelled response ends at once, marked as cancelled', async () => {
    const simulator = await start({ speed: { timesRealtime: 1 } });
    const client = await session(simulator, { voice: await enrolled(simulator) });
    client.say('word '.repeat(400));
    await client.wait('response.audio.delta');
    client.send({ type: 'response.cancel' });
    expect(await client.wait('response.done')).toMatchObject({ response: { status: 'cancelled' } });
  });
});

describe('errors that end the session', () => {
  test('a second update', async () => {
    const simulator = await start();
    const voice = await enrolled(simulator);
    const client = await session(simulator, { voice });
    client.send({ type: 'session.update', session: { voice, mode: 'commit' } });
    const message = 'Session update error: session already started or finished or failed.';
    expect(await client.wait('error')).toMatchObject({ error: { code: 'invalid_value', message } });
    expect(await client.closed).toEqual({ code: 1007, reason: message });
  });

  test.each([
    ['a voice of another model', CHARACTER_MODEL, {}, /^The requested voice 'qwen-tts-vc-mara-.*' is not supported\.$/],
    ['an unknown voice', TOKEN_MODEL, { voice: 'nobody' }, /^The requested voice 'nobody' is not supported\.$/],
    ['a system voice', TOKEN_MODEL, { voice: 'Cherry' }, /Engine return error code: 411/],
    ['no voice', TOKEN_MODEL, { voice: undefined }, /Engine return error code: 411/],
    ['a language', TOKEN_MODEL, { language_type: 'en' }, /language_type 'en'/],
    ['a mode', TOKEN_MODEL, { mode: 'auto' }, /mode 'auto'/],
    ['a rate of qwen3 on the older model', TOKEN_MODEL, { sample_rate: 48_000 }, /sample_rate '48000'/],
    ['a format', TOKEN_MODEL, { response_format: 'mp3' }, /response_format 'mp3'/],
  ])('%s', async (_name, model, over, expected) => {
    const simulator = await start();
    const voice = await enrolled(simulator);
    const client = await connect(simulator, { model });
    client.send({ type: 'session.update', session: { voice, mode: 'commit', ...over } });
    const { error } = (await client.wait('error')) as unknown as { error: { message: string } };
    expect(error.message).toMatch(expected);
    expect((await client.closed).code).toBe(1007);
  });

  test('text before any update meets the default voice', async () => {
    const simulator = await start();
    const client = await connect(simulator);
    client.say('Hello.');
    expect(await client.wait('error')).toMatchObject({ error: { code: 'CLIENT_ERROR' } });
    expect((await client.closed).code).toBe(1007);
  });

  test('a binary frame and what is not JSON', async () => {
    const simulator = await start();
    for (const frame of [Buffer.from([1, 2]), 'not json', '{"type":7}']) {
      const client = await connect(simulator);
      client.socket.send(frame);
      await client.wait('error');
      expect((await client.closed).code).toBe(1007);
    }
  });

  test('idleness', async () => {
    const simulator = await start({ idleTimeoutMs: 40 });
    const client = await connect(simulator);
    const { error } = (await client.wait('error')) as unknown as { error: { message: string } };
    expect(error.message).toContain('request timeout');
    expect((await client.closed).code).toBe(1007);
  });
});

test('server_commit opens a response a sentence, and finish speaks the rest', async () => {
  const simulator = await start();
  const client = await session(simulator, { voice: await enrolled(simulator), mode: 'server_commit' });
  client.send({ type: 'input_text_buffer.append', text: 'One is here. Two' });
  client.send({ type: 'input_text_buffer.append', text: ' is there! And th' });
  client.send({ type: 'input_text_buffer.append', text: 'ree' });
  client.send({ type: 'session.finish' });
  expect((await client.closed).code).toBe(1000);
  expect([...simulator.spokenTexts().keys()].join('|')).toBe('One is here. |Two is there! |And three');
  expect(client.types().filter((type) => type === 'response.done')).toHaveLength(3);
  expect(client.types().at(-1)).toBe('session.finished');
});

test('speed: first audio and the end come when they should, in chunks of the size asked for', async () => {
  const simulator = await start({ speed: { firstAudioMs: 100, timesRealtime: 8, chunkMs: 200 } });
  const client = await session(simulator, { voice: await enrolled(simulator) });
  const startMs = performance.now();
  client.say('word '.repeat(12));
  await client.wait('response.audio.delta');
  const firstMs = performance.now() - startMs;
  await client.wait('response.done');
  const wholeMs = performance.now() - startMs;
  const idealMs = 100 + (client.pcm().length / 24_000 / 8) * 1000;
  expect(firstMs).toBeGreaterThanOrEqual(98);
  expect(wholeMs).toBeGreaterThanOrEqual(idealMs - 2);
  expect(wholeMs).toBeLessThan(idealMs + 250);
  const first = client.events.find((event) => event.type === 'response.audio.delta');
  expect(Buffer.from(String(first?.['delta']), 'base64')).toHaveLength(9600);
});

test('a client that does not read makes the response wait instead of filling memory', async () => {
  const simulator = await start({ speed: { chunkMs: 5000 } });
  const voice = await enrolled(simulator);
  const deaf = await session(simulator, { voice });
  const other = await session(simulator, { voice });
  deaf.socket.pause();
  const before = process.memoryUsage().rss;
  deaf.say('word '.repeat(40_000)); // 3.7 hours of audio, 850 MB on the wire
  for (let n = 1; n <= 400; n++) {
    other.say('Hi.');
    await other.wait('response.done', n);
  }
  // Without the wait each turn of the other session would leave five more seconds of audio in memory.
  expect(process.memoryUsage().rss - before).toBeLessThan(120e6);
});
