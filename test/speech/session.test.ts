import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../src/errors.ts';
import { type OpenSessionOptions, openSession, type Session } from '../../src/speech/dashscope-realtime/session.ts';
import { greet, type Peer, respond, type Script, type ScriptedServer, sendAudio, startServer } from './server.ts';

const VOICE = 'qwen-tts-vc-ada-voice-20250812105009984-838b';
const PCM = Buffer.from(Array.from({ length: 480 }, (_, index) => index % 251));

let server: ScriptedServer | undefined;
const open: Session[] = [];

afterEach(async () => {
  for (const session of open.splice(0)) session.destroy();
  await server?.close();
});

async function start(script: Script): Promise<ScriptedServer> {
  server = await startServer(script);
  return server;
}

async function session(script: Script, options: Partial<OpenSessionOptions> = {}): Promise<Session> {
  const { realtimeUrl } = await start(script);
  const opened = await openSession({
    realtimeUrl,
    apiKey: 'sk-test',
    model: 'qwen-tts-vc-realtime-2025-08-20',
    settings: { voice: VOICE, mode: 'commit', language_type: 'English', response_format: 'pcm', sample_rate: 24_000 },
    ...options,
  });
  open.push(opened);
  return opened;
}

/** A session whose server answers each commit as told. */
const answering = (onCommit: (peer: Peer, text: string) => void, options?: Partial<OpenSessionOptions>) =>
  session({ onSession: (peer) => greet(peer, onCommit) }, options);

async function collect(from: Session, text = 'Hello.') {
  const pieces: Buffer[] = [];
  const take = await from.speak({ text, onAudio: (piece) => void pieces.push(piece) });
  return { take, audio: Buffer.concat(pieces) };
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have been refused'),
    (error: PipelineError) => error,
  );

describe('opening', () => {
  test('sends the key as a header, the model as a query, and the settings as given', async () => {
    const seen: { request?: IncomingMessage; settings?: unknown } = {};
    await session({
      onSession(peer, request) {
        seen.request = request;
        peer.on((event) => {
          if (event.type === 'session.update') seen.settings = event.session;
        });
        greet(peer, () => undefined);
      },
    });
    expect(seen.request?.headers.authorization).toBe('Bearer sk-test');
    expect(seen.request?.headers['sec-websocket-extensions']).toBeUndefined();
    expect(seen.request?.url).toBe('/api-ws/v1/realtime?model=qwen-tts-vc-realtime-2025-08-20');
    expect(seen.settings).toEqual({
      voice: VOICE,
      mode: 'commit',
      language_type: 'English',
      response_format: 'pcm',
      sample_rate: 24_000,
    });
  });

  const refusing = (head: string, body: string): Script => ({
    onUpgrade: (socket) =>
      socket.end(`HTTP/1.1 ${head}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
  });

  test.each([
    [
      '401 Unauthorized',
      '{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r"}',
      'key-refused',
      'never',
    ],
    [
      '429 Too Many Requests',
      '{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded"}',
      'throttled',
      { afterMs: 5_000 },
    ],
    ['403 Forbidden', '', 'key-refused', 'never'],
    ['502 Bad Gateway', '<html>proxy</html>', 'service-failed', 'backoff'],
    ['302 Found', '', 'service-refused', 'never'],
    ['400 Bad Request', '{}', 'service-refused', 'backoff'],
  ])('a handshake refused with %s is distinguished', async (head, body, code, retry) => {
    expect(await failing(session(refusing(head, body)))).toMatchObject({ code, retry });
  });

  test('a host that is not there is unreachable, and worth a retry', async () => {
    const gone = await start({});
    await gone.close();
    expect(await failing(session({}, { realtimeUrl: gone.realtimeUrl }))).toMatchObject({
      code: 'service-unreachable',
      retry: 'backoff',
    });
  });

  test('a handshake that hangs, and a greeting that never comes, end in time', async () => {
    const late = { code: 'service-unreachable', retry: 'backoff' };
    expect(await failing(session({ onUpgrade: () => undefined }, { handshakeTimeoutMs: 50 }))).toMatchObject(late);
    await server?.close();
    expect(await failing(session({ onSession: () => undefined }, { handshakeTimeoutMs: 50 }))).toMatchObject(late);
  });

  test('an abort ends the opening', async () => {
    const controller = new AbortController();
    const opening = failing(session({ onSession: () => controller.abort() }, { signal: controller.signal }));
    expect(await opening).toMatchObject({ code: 'interrupted' });
  });

  test('a refused voice is reported by the error event', async () => {
    const refused = session({
      onSession(peer) {
        peer.send({ type: 'session.created', session: { id: 'sess_1' } });
        peer.on(() => {
          peer.send({
            type: 'error',
            error: { code: 'invalid_value', message: `The requested voice '${VOICE}' is not supported.` },
          });
          peer.socket.close(1007);
        });
      },
    });
    expect(await failing(refused)).toMatchObject({ code: 'voice-not-found', retry: 'never' });
  });

  test.each([
    ['my-own-model', 'model-unknown', 'never'],
    ['qwen-tts-vc-realtime-2025-08-20', 'session-lost', 'backoff'],
  ])('a session of %s that closes without a word is %s', async (model, code, retry) => {
    const onSession = (peer: Peer) => {
      peer.send({ type: 'session.created', session: { id: 'sess_1' } });
      peer.on(() => peer.socket.close());
    };
    expect(await failing(session({ onSession }, { model }))).toMatchObject({ code, retry });
  });

  test.each([{ voice: 'Cherry' }, { sample_rate: 16_000 }, { response_format: 'mp3' }])(
    'settings taken as %o are refused',
    async (echo) => {
      const onSession = (peer: Peer) => {
        peer.send({ type: 'session.created', session: { id: 'sess_1' } });
        peer.on((event) =>
          peer.send({ type: 'session.updated', session: { id: 'sess_1', ...event.session, ...echo } }),
        );
      };
      expect(await failing(session({ onSession }))).toMatchObject({ code: 'protocol-violation' });
    },
  );
});

describe('speaking', () => {
  test('several texts, one after the other, over one socket', async () => {
    const texts: string[] = [];
    const speaking = await answering((peer, text) => {
      texts.push(text);
      respond(peer, `resp_${texts.length}`, [PCM.subarray(0, 2), PCM.subarray(2)]);
    });
    const first = await collect(speaking, 'One.');
    const second = await collect(speaking, 'Two.');
    expect(texts).toEqual(['One.', 'Two.']);
    expect(first.audio).toEqual(PCM);
    expect(first.take).toEqual({
      responseId: 'resp_1',
      sessionId: 'sess_1',
      byteLength: PCM.length,
      usage: { characters: 7 },
      simulated: false,
    });
    expect(second.take.responseId).toBe('resp_2');
    expect(server?.sessions()).toBe(1);
    expect(speaking.usable).toBe(true);
  });

  test('closing events in the other order, unknown events, empty pieces and no `created` make no difference', async () => {
    const speaking = await answering((peer) => {
      sendAudio(peer, 'resp_1', PCM);
      sendAudio(peer, 'resp_1', Buffer.alloc(0));
      peer.send({ type: 'response.news', response_id: 'resp_1' });
      peer.send({ type: 'response.content_part.done', response_id: 'resp_1' });
      peer.send({ type: 'response.output_item.done', response_id: 'resp_1' });
      peer.send({ type: 'response.audio.done', response_id: 'resp_1' });
      peer.send({ type: 'response.done', response: { id: 'resp_1', status: 'completed' } });
    });
    const { take, audio } = await collect(speaking);
    expect(audio).toEqual(PCM);
    expect(take.usage).toBeUndefined();
  });

  test('pieces that split samples are joined, and every piece that is handed on has whole samples', async () => {
    const cuts = [0, 3, 3, 4, 9, 10, 331, 480];
    const pieces = cuts.slice(1).map((end, index) => PCM.subarray(cuts[index], end));
    const speaking = await answering((peer) => respond(peer, 'resp_1', pieces));
    const heard: Buffer[] = [];
    const take = await speaking.speak({ text: 'Hello.', onAudio: (piece) => void heard.push(piece) });
    expect(Buffer.concat(heard)).toEqual(PCM);
    expect(take.byteLength).toBe(PCM.length);
    expect(heard.filter(({ length }) => length % 2 !== 0 || length === 0)).toEqual([]);
  });

  test.each<[string, object]>([
    ['no status', { response: { id: 'resp_1', usage: { characters: 7 } } }],
    ['a status of null', { response: { id: 'resp_1', status: null } }],
    ['no response', { response_id: 'resp_1' }],
  ])('an end with %s after all audio is an end', async (_name, end) => {
    const speaking = await answering((peer) => {
      sendAudio(peer, 'resp_1', PCM);
      peer.send({ type: 'response.audio.done', response_id: 'resp_1' });
      peer.send({ type: 'response.done', ...end });
    });
    const { take, audio } = await collect(speaking);
    expect(audio).toEqual(PCM);
    expect(take.responseId).toBe('resp_1');
  });

  test.each<[string, (peer: Peer) => void, string]>([
    ['no audio', (peer) => respond(peer, 'resp_1', []), 'take-incomplete'],
    [
      'half a sample at the end',
      (peer) => respond(peer, 'resp_1', [PCM.subarray(0, 4), PCM.subarray(4, 7)]),
      'take-incomplete',
    ],
    [
      'no status of the response, and an incomplete item',
      (peer) => {
        sendAudio(peer, 'resp_1', PCM);
        peer.send({ type: 'response.done', response: { id: 'resp_1', output: [{ status: 'incomplete' }] } });
      },
      'take-incomplete',
    ],
    [
      'a failed response',
      (peer) => {
        sendAudio(peer, 'resp_1', PCM);
        peer.send({ type: 'response.done', response: { id: 'resp_1', status: 'incomplete' } });
      },
      'take-incomplete',
    ],
    ['the end of the session', (peer) => peer.send({ type: 'session.finished' }), 'take-incomplete'],
    [
      'a close in the middle',
      (peer) => {
        sendAudio(peer, 'resp_1', PCM);
        peer.socket.close(1000);
      },
      'session-lost',
    ],
    ['a broken line', (peer) => peer.socket.terminate(), 'session-lost'],
    ['a binary frame', (peer) => peer.socket.send(PCM), 'protocol-violation'],
    ['broken JSON', (peer) => peer.socket.send('{"type":"resp'), 'protocol-violation'],
    [
      'an event of 9 MB',
      (peer) => peer.socket.send(`{"type":"x","y":"${'z'.repeat(9_000_000)}"}`),
      'protocol-violation',
    ],
    [
      'two responses at once',
      (peer) => {
        sendAudio(peer, 'resp_1', PCM);
        sendAudio(peer, 'resp_2', PCM);
      },
      'protocol-violation',
    ],
    [
      'an internal error',
      (peer) => peer.send({ type: 'error', error: { code: 'InternalError', message: 'Internal service error: null' } }),
      'service-failed',
    ],
  ])('%s in answer to a commit fails the take and ends the session', async (_name, answer, code) => {
    const speaking = await answering(answer);
    expect(await failing(collect(speaking))).toMatchObject({ code, retry: 'backoff' });
    expect(speaking.usable).toBe(false);
    await speaking.closed;
    expect(await failing(collect(speaking))).toMatchObject({ code });
  });

  test('a refusal of the text is not worth a retry', async () => {
    const speaking = await answering((peer) =>
      peer.send({
        type: 'error',
        error: { code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' },
      }),
    );
    expect(await failing(collect(speaking))).toMatchObject({ code: 'text-refused', retry: 'never' });
  });

  test('silence beyond the idle limit loses the session', async () => {
    const speaking = await answering((peer) => sendAudio(peer, 'resp_1', PCM), { idleTimeoutMs: 60 });
    expect(await failing(collect(speaking))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
  });

  test('audio that comes after its response was done ends the session before it can get into the next take', async () => {
    const speaking = await answering((peer) => {
      respond(peer, 'resp_1', [PCM]);
      sendAudio(peer, 'resp_1', PCM);
    });
    await collect(speaking);
    await speaking.closed;
    expect(await failing(collect(speaking))).toMatchObject({ code: 'protocol-violation' });
  });

  test('an abort cuts the speech', async () => {
    const controller = new AbortController();
    const speaking = await answering((peer) => sendAudio(peer, 'resp_1', PCM));
    const spoken = speaking.speak({ text: 'Hello.', onAudio: () => controller.abort(), signal: controller.signal });
    expect(await failing(spoken)).toMatchObject({ code: 'interrupted', retry: 'never' });
    await speaking.closed;
  });

  test('a sink that throws, at once or later, ends the speech with its own error', async () => {
    for (const onAudio of [
      () => {
        throw new Error('disk full');
      },
      () => Promise.reject(new Error('disk full')),
    ]) {
      const speaking = await answering((peer) => respond(peer, 'resp_1', [PCM]));
      await expect(speaking.speak({ text: 'Hello.', onAudio })).rejects.toThrow('disk full');
      await server?.close();
    }
  });
});

describe('a slow sink', () => {
  const PIECES = 400;
  const PIECE = Buffer.alloc(48_000, 1);

  test('pauses the service, gets everything in order, and outlives the idle limit', async () => {
    let peerSocket: Peer['socket'] | undefined;
    const speaking = await answering(
      (peer) => {
        peerSocket = peer.socket;
        respond(peer, 'resp_1', Array(PIECES).fill(PIECE));
      },
      { idleTimeoutMs: 500 },
    );
    let pieces = 0;
    let running = 0;
    let heldBackBytes = 0;
    const take = await speaking.speak({
      text: 'Hello.',
      async onAudio() {
        running += 1;
        expect(running).toBe(1);
        if (pieces === 0) {
          // Longer than the idle limit: the clock must stand still while it is us who do not read.
          await new Promise((resolve) => setTimeout(resolve, 700));
          heldBackBytes = peerSocket?.bufferedAmount ?? 0;
        }
        pieces += 1;
        running -= 1;
      },
    });
    expect(pieces).toBe(PIECES);
    expect(take.byteLength).toBe(PIECES * PIECE.length);
    // The kernel's buffers take some; the rest must still be with the sender.
    expect(heldBackBytes).toBeGreaterThan(10_000_000);
  });

  test('that is still at work when the response is done delays the result', async () => {
    let written = 0;
    const speaking = await answering((peer) => respond(peer, 'resp_1', [PCM, PCM]));
    await speaking.speak({
      text: 'Hello.',
      onAudio: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        written += 1;
      },
    });
    expect(written).toBe(2);
  });
});

describe('server_commit', () => {
  const settings = { voice: VOICE, mode: 'server_commit' } as const;

  test('collects all responses until the session is finished', async () => {
    const texts: string[] = [];
    const speaking = await session(
      {
        onSession(peer) {
          peer.send({ type: 'session.created', session: { id: 'sess_1' } });
          peer.on((event) => {
            if (event.type === 'session.update') peer.send({ type: 'session.updated', session: { id: 'sess_1' } });
            if (event.type === 'input_text_buffer.append') texts.push(event.text ?? '');
            if (event.type !== 'session.finish') return;
            respond(peer, 'resp_1', [PCM]);
            peer.send({ type: 'input_text_buffer.committed', item_id: '' });
            respond(peer, 'resp_2', [PCM, PCM]);
            peer.send({ type: 'session.finished' });
          });
        },
      },
      { settings },
    );
    let byteLength = 0;
    const spoken = await speaking.speakAll({
      texts: ['One. ', 'Two.'],
      onAudio: (piece) => {
        byteLength += piece.length;
      },
    });
    expect(texts).toEqual(['One. ', 'Two.']);
    expect(spoken.responses.map(({ responseId }) => responseId)).toEqual(['resp_1', 'resp_2']);
    expect(spoken.byteLength).toBe(3 * PCM.length);
    expect(byteLength).toBe(3 * PCM.length);
    await speaking.closed;
  });

  test('finished without any audio is incomplete', async () => {
    const speaking = await answering(() => undefined, { settings });
    expect(await failing(speaking.speakAll({ texts: ['One.'], onAudio: () => undefined }))).toMatchObject({
      code: 'take-incomplete',
      retry: 'backoff',
    });
  });
});

describe('ending', () => {
  test('finish says goodbye and closes', async () => {
    let finished = false;
    const closes: Promise<unknown[]>[] = [];
    const speaking = await session({
      onSession(peer) {
        closes.push(once(peer.socket, 'close'));
        peer.on((event) => {
          finished ||= event.type === 'session.finish';
        });
        greet(peer, () => undefined);
      },
    });
    await speaking.finish();
    await speaking.finish();
    expect(finished).toBe(true);
    expect((await closes[0])?.[0]).toBe(1000);
    expect(speaking.usable).toBe(false);
  });

  test('a session that the service ends while idle is noticed', async () => {
    let serverEnd: Peer | undefined;
    const speaking = await session({
      onSession(peer) {
        serverEnd = peer;
        greet(peer, () => undefined);
      },
    });
    serverEnd?.send({ type: 'error', error: { message: 'request timeout after 23 seconds.' } });
    await speaking.closed;
    expect(speaking.usable).toBe(false);
    expect(await failing(collect(speaking))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
  });
});
