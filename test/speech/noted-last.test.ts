/** What a listener notes once its text may leave is true: everything that can fail or take time before the text has been done. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { postOnce } from '../../src/speech/dashscope/http-call.ts';
import { createTaskPool } from '../../src/speech/dashscope-inference/session-pool.ts';
import type { Speaker, SpeakListener } from '../../src/speech/engine.ts';
import { serveTasks, speakWell, type TaskPeer, type TaskServer } from './inference/server.ts';

let server: TaskServer | undefined;
let pool: Speaker | undefined;
afterEach(async () => {
  await pool?.close();
  await server?.close();
  pool = undefined;
  server = undefined;
});

/** Notes each text that may leave, as the ledger does. */
function noting(): { noted: string[]; onCommit: NonNullable<SpeakListener['onCommit']> } {
  const noted: string[] = [];
  return {
    noted,
    onCommit: async (leave) => {
      await leave?.();
      noted.push('text');
    },
  };
}

function say(listener: Partial<SpeakListener>): Promise<unknown> {
  pool = createTaskPool({ inferenceUrl: server?.inferenceUrl ?? '', apiKey: 'sk-test', maxSessions: 1, rampMs: 0 });
  const request = { model: 'qwen-audio-3.0-tts-flash', voiceId: 'ada', languageType: 'en', sampleRateHz: 24_000 };
  return pool.speak({ ...request, text: 'The lamp went out.' }, { onAudio: () => undefined, ...listener });
}

it('notes a text after the service has accepted its task, and sends it then', async () => {
  let begun: ((peer: TaskPeer) => void) | undefined;
  const accepting = new Promise<TaskPeer>((resolve) => {
    begun = resolve;
  });
  server = await serveTasks({ onRun: (peer) => begun?.(peer), onFinish: speakWell });
  const { noted, onCommit } = noting();
  let calls = 0;
  const spoken = say({
    onCommit,
    onCall: () => {
      calls += 1;
    },
  });
  const peer = await accepting;
  expect({ noted, calls, sent: server.sent.map(({ action }) => action) }).toEqual({
    ...{ noted: [], calls: 1, sent: ['run-task'] },
  });
  peer.send('task-started');
  await spoken;
  expect(noted).toEqual(['text']);
  expect(server.sent.map(({ action }) => action)).toEqual(['run-task', 'continue-task', 'finish-task']);
});

it('notes nothing of a task that the service refuses', async () => {
  server = await serveTasks({ onRun: (peer) => peer.fail('InvalidParameter', 'no such voice') });
  const { noted, onCommit } = noting();
  await expect(say({ onCommit })).rejects.toMatchObject({ retry: 'never' });
  expect(noted).toEqual([]);
});

it('sends no text, when its task ended while it was noted', async () => {
  server = await serveTasks({ onFinish: speakWell, onRun: (peer) => peer.send('task-started') });
  const { noted, onCommit } = noting();
  const late: NonNullable<SpeakListener['onCommit']> = async (leave) => {
    await onCommit(leave);
    server?.close();
    await expect
      .poll(async () =>
        leave?.().then(
          () => 'open',
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('session-lost');
    await leave?.();
  };
  await expect(say({ onCommit: late })).rejects.toMatchObject({ code: 'session-lost' });
  expect(noted).toEqual(['text']);
  expect(server.sent.map(({ action }) => action)).toEqual(['run-task']);
});

it('connects before it may send, and closes the connection of what it may not send', async () => {
  const service = createServer(() => expect.fail('it was sent'));
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const open = (): Promise<number> => promisify(service.getConnections.bind(service))();
  try {
    const url = new URL(`http://127.0.0.1:${(service.address() as AddressInfo).port}/`);
    const call = postOnce(url, {
      key: 'sk-test',
      signal: new AbortController().signal,
      onReady: async (connect) => {
        await connect();
        await expect.poll(open).toBe(1);
        throw new Error('over budget');
      },
    });
    await expect(call).rejects.toThrow('over budget');
    await expect.poll(open).toBe(0);
  } finally {
    service.close();
  }
});
