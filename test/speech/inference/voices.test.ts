import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { createVoiceClient, type VoiceClientOptions } from '../../../src/speech/dashscope-inference/enrolment.ts';
import type { CreateVoiceRequest } from '../../../src/speech/engine.ts';
import { serveTasks, type TaskServer } from './server.ts';

type Input = Record<string, unknown>;
type Row = { voice_id: string; target_model: string; status: string; gmt_create: string };

const MODEL = 'qwen-audio-3.0-tts-flash';
const REQUEST: CreateVoiceRequest = {
  model: MODEL,
  preferredName: 'abc123',
  audio: { bytes: Buffer.from('RIFF'), mediaType: 'audio/wav' },
};
const POLLING = { firstMs: 2, mostMs: 5, limitMs: 3_000, missingMs: 1_500 };

let server: TaskServer | undefined;
afterEach(() => server?.close());

const reply = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};
const refuse = (response: ServerResponse, status: number, code: string, message: string) =>
  reply(response, status, { code, message, request_id: 'r' });
const voice = (name: string, more: Partial<Row> = {}): Row => ({
  voice_id: `${MODEL}-abc123-${name}`,
  target_model: MODEL,
  status: 'OK',
  gmt_create: '2026-11-01 10:00:00',
  ...more,
});

/** A service with these voices. `on` answers instead where it returns true; `pageRows` is the most that a page has. */
async function served(
  of: {
    rows?: Row[];
    pageRows?: number;
    on?: (input: Input, response: ServerResponse, nth: number) => boolean;
    options?: Partial<VoiceClientOptions>;
  } = {},
) {
  const { rows = [], pageRows = 1_000, on = () => false, options } = of;
  const seen: Input[] = [];
  server = await serveTasks({
    onRequest(input, response) {
      seen.push(input);
      if (on(input, response, seen.filter(({ action }) => action === input['action']).length)) return;
      const row = rows.find(({ voice_id }) => voice_id === input['voice_id']);
      const send = (output: unknown) => reply(response, 200, { output, usage: { count: 1 }, request_id: 'r' });
      switch (input['action']) {
        case 'create_voice':
          rows.push(voice('new', { target_model: String(input['target_model']) }));
          return send({ voice_id: rows.at(-1)?.voice_id });
        case 'list_voice': {
          const size = Math.min(Number(input['page_size']), pageRows);
          const start = Number(input['page_index']) * size;
          return send({
            voice_list: rows.slice(start, start + size).map(({ target_model: _model, ...listed }) => listed),
          });
        }
        case 'query_voice':
          return row === undefined ? refuse(response, 400, 'InvalidParameter', 'what is that?') : send(row);
        default:
          if (row === undefined) return refuse(response, 400, 'InvalidParameter', 'what is that?');
          rows.splice(rows.indexOf(row), 1);
          return send({});
      }
    },
  });
  const { httpBaseUrl } = server;
  const client = createVoiceClient({
    httpBaseUrl,
    apiKey: 'sk-test',
    limiter: { acquire: async () => () => undefined, pauseFor: async () => undefined },
    polling: POLLING,
    ...options,
  });
  return { client, seen, rows, actions: () => seen.map(({ action }) => action) };
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: PipelineError) => error,
  );

describe('creating', () => {
  test('sends the sample as a data URI and waits until the voice is ready', async () => {
    const { client, seen, actions } = await served({
      on(input, response, nth) {
        if (input['action'] !== 'query_voice' || nth > 2) return false;
        reply(response, 200, { output: voice('new', { status: 'DEPLOYING' }) });
        return true;
      },
    });
    const made = await client.create({ ...REQUEST, sampleSeconds: 12.3, language: 'en', transcript: 'not sent' });
    expect(made).toEqual({ voiceId: `${MODEL}-abc123-new`, simulated: false });
    expect(seen[0]).toEqual({
      action: 'create_voice',
      target_model: MODEL,
      prefix: 'abc123',
      url: `data:audio/wav;base64,${Buffer.from('RIFF').toString('base64')}`,
      language_hints: ['en'],
      max_prompt_audio_length: 13,
    });
    expect(actions()).toEqual(['create_voice', 'query_voice', 'query_voice', 'query_voice']);
    // Queries only look, as lists do.
    expect(client.counts()).toEqual({ enroll: 1, list: 3, delete: 0 });
  });

  test.each([
    [MODEL, 1.2, 3],
    ['cosyvoice-v3.5-plus', 55, 30],
    ['cosyvoice-v3-flash', 20, 20],
    ['cosyvoice-v3-plus', 20, undefined],
    [MODEL, undefined, undefined],
  ])('for %s a sample of %d s counts %d s', async (model, sampleSeconds, seconds) => {
    const { client, seen } = await served();
    await client.create({ ...REQUEST, model, sampleSeconds });
    expect(seen[0]?.['max_prompt_audio_length']).toBe(seconds);
    expect(seen[0]).not.toHaveProperty('language_hints');
  });

  test('a name that the service does not take is our bug', async () => {
    const { client } = await served();
    await expect(client.create({ ...REQUEST, preferredName: 'Too_Long_Name' })).rejects.toThrow('Internal error');
  });

  test('a voice that the service refuses is a refused sample, and takes no place', async () => {
    const { client, rows } = await served({
      on(input, response) {
        if (input['action'] !== 'query_voice') return false;
        reply(response, 200, { output: voice('new', { status: 'UNDEPLOYED' }) });
        return true;
      },
    });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'sample-refused', retry: 'never' });
    expect(rows).toEqual([]);
  });

  test('a voice that is not listed yet, and a service that stumbles, are waited for', async () => {
    const { client } = await served({
      on(input, response, nth) {
        if (input['action'] !== 'query_voice' || nth > 2) return false;
        if (nth === 1) refuse(response, 400, 'InvalidParameter', 'what is that?');
        else refuse(response, 500, 'InternalError', 'x');
        return true;
      },
    });
    expect((await client.create(REQUEST)).voiceId).toContain('new');
  });

  test.each([
    ['is never ready', 200, { output: voice('new', { status: 'DEPLOYING' }) }],
    ['cannot be asked for', 400, { code: 'InvalidParameter', message: 'what is that?' }],
  ])('a voice that %s exists all the same: the failure looks like no refusal', async (_what, status, body) => {
    const { client } = await served({
      on(input, response) {
        if (input['action'] !== 'query_voice') return false;
        reply(response, status, body);
        return true;
      },
      options: { polling: { ...POLLING, limitMs: 40, missingMs: 20 } },
    });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'service-failed' });
  });

  test.each([
    [430, 'Audio.DecoderError', 'Decoder audio file failed.'],
    [430, 'Audio.FileSizeExceed', 'File too large'],
    [430, 'Audio.AudioRateError', 'File sample rate unsupported'],
    [430, 'Audio.AudioSilentError', 'Silent file unsupported.'],
    [430, '', ''],
  ])('%d %s is a refused sample', async (status, code, message) => {
    const { client } = await served({
      on: (_input, response) => {
        refuse(response, status, code, message);
        return true;
      },
    });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'sample-refused', retry: 'never' });
  });

  const preprocessing = (times: number) => (input: Input, response: ServerResponse, nth: number) => {
    if (input['action'] !== 'create_voice' || nth > times) return false;
    refuse(response, 500, 'InternalError', 'audio preprocess server error');
    return true;
  };

  test('a sample that the service fails on is sent once more', async () => {
    const { client, actions } = await served({ on: preprocessing(1) });
    expect((await client.create(REQUEST)).voiceId).toContain('new');
    expect(actions().filter((action) => action === 'create_voice')).toHaveLength(2);
  });

  test('and is then refused', async () => {
    const { client, actions } = await served({ on: preprocessing(9) });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'sample-refused', retry: 'never' });
    expect(actions().filter((action) => action === 'create_voice')).toHaveLength(2);
  });

  test('a failure in the body of a success is a failure', async () => {
    const { client } = await served({
      on: (_input, response) => {
        reply(response, 200, { code: 'InvalidParameter', message: 'url error', request_id: 'r' });
        return true;
      },
    });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'service-refused', retry: 'never' });
  });

  test('an interruption ends the wait', async () => {
    const stopping = new AbortController();
    const { client } = await served({
      on(input, response) {
        if (input['action'] !== 'query_voice') return false;
        reply(response, 200, { output: voice('new', { status: 'DEPLOYING' }) });
        stopping.abort();
        return true;
      },
    });
    expect(await failing(client.create(REQUEST, { signal: stopping.signal }))).toMatchObject({ code: 'interrupted' });
  });
});

describe('listing', () => {
  test('reads until a page is empty, because a server may give fewer rows than asked for', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => voice(`v${index}`));
    const { client, seen } = await served({ rows, pageRows: 10 });
    expect((await client.listAll()).map(({ voiceId }) => voiceId)).toEqual(rows.map(({ voice_id }) => voice_id));
    expect(seen.map((input) => input['page_index'])).toEqual([0, 1, 2, 3]);
  });

  test('ends when a page has nothing new', async () => {
    const { client, seen } = await served({
      on: (_input, response) => {
        reply(response, 200, { output: { voice_list: [voice('same')] } });
        return true;
      },
    });
    expect(await client.listAll()).toHaveLength(1);
    expect(seen).toHaveLength(2);
  });

  test('a packed body with a byte order mark', async () => {
    const { client } = await served({
      on: (_input, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync(`\uFEFF${JSON.stringify({ output: { voice_list: [voice('one')] } })}`));
        return true;
      },
    });
    const { voices } = await client.list({ pageSize: 10, pageIndex: 0 });
    expect(voices).toEqual([{ voiceId: voice('one').voice_id, model: MODEL, createdAt: '2026-11-01 10:00:00' }]);
  });
});

describe('finding by name', () => {
  const WANTED = { preferredName: 'abc123', model: MODEL };
  const OLD = '2026-10-01 08:00:00';

  test('asks for each candidate, because the list names no model', async () => {
    const rows = [
      voice('other', { target_model: 'qwen-audio-3.1-tts-flash', gmt_create: OLD }),
      voice('ours'),
      voice('x', { voice_id: `${MODEL}-abc1234-x`, gmt_create: OLD }),
    ];
    const { client, seen } = await served({ rows });
    expect(await client.findByName(WANTED)).toEqual({
      voiceId: rows[1]?.voice_id,
      model: MODEL,
      createdAt: rows[1]?.gmt_create,
      simulated: false,
    });
    expect(seen[0]).toMatchObject({ action: 'list_voice', prefix: 'abc123' });
    expect(seen.filter(({ action }) => action === 'query_voice')).toHaveLength(2);
  });

  test('of two takes the older, whatever the order of the list, and names the other', async () => {
    for (const rows of [
      [voice('young'), voice('old', { gmt_create: OLD })],
      [voice('old', { gmt_create: OLD }), voice('young')],
    ]) {
      const { client } = await served({ rows });
      expect(await client.findByName(WANTED)).toMatchObject({
        voiceId: voice('old').voice_id,
        others: [voice('young').voice_id],
      });
      await server?.close();
    }
  });

  test('waits for one that is being deployed, and passes over one that was refused or deleted', async () => {
    const rows = [voice('refused', { status: 'UNDEPLOYED', gmt_create: OLD }), voice('slow', { status: 'DEPLOYING' })];
    const { client } = await served({
      rows,
      on(input, _response, nth) {
        if (input['action'] === 'query_voice' && nth === 4) rows[1] = voice('slow');
        return false;
      },
    });
    expect(await client.findByName(WANTED)).toMatchObject({ voiceId: voice('slow').voice_id });
  });

  test('there is none', async () => {
    const { client } = await served({ rows: [voice('refused', { status: 'UNDEPLOYED' })] });
    expect(await client.findByName(WANTED)).toBeUndefined();
  });

  test('after a crash between creation and readiness the voice is found', async () => {
    let isDown = true;
    const { client, actions } = await served({
      on(input, response) {
        if (!isDown || input['action'] !== 'query_voice') return false;
        response.destroy();
        return true;
      },
      options: { polling: { ...POLLING, limitMs: 20 } },
    });
    expect(await failing(client.create(REQUEST))).toMatchObject({ code: 'service-failed', retry: 'backoff' });
    isDown = false;
    expect(await client.findByName(WANTED)).toMatchObject({ voiceId: voice('new').voice_id });
    expect(actions().filter((action) => action === 'create_voice')).toHaveLength(1);
  });
});

describe('deleting', () => {
  test('a voice that is not listed is missing, whatever the words of the refusal', async () => {
    const { client } = await served({ rows: [voice('one')] });
    expect(await failing(client.delete('gone'))).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    await client.delete(voice('one').voice_id);
    expect(await client.listAll()).toEqual([]);
  });

  test('a refusal for another reason stays what it is', async () => {
    const { client } = await served({
      rows: [voice('one')],
      on(input, response) {
        if (input['action'] !== 'delete_voice') return false;
        refuse(response, 400, 'InvalidParameter', 'no');
        return true;
      },
    });
    expect(await failing(client.delete(voice('one').voice_id))).toMatchObject({ code: 'service-refused' });
  });
});

test('a base that is no URL is refused at once', () => {
  expect(() => createVoiceClient({ httpBaseUrl: 'nonsense', apiKey: 'sk-x', limiter: {} as never })).toThrow(
    PipelineError,
  );
});
