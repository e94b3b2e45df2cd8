import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { interrupted, type PipelineError } from '../../src/errors.ts';
import type { RateLimiter, Semaphore } from '../../src/limits.ts';
import { memoryRateLimiter } from '../../src/queue/limits/limits-memory.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { createSessionPool, type SessionPoolOptions } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { Speaker, SpeakListener } from '../../src/speech/engine.ts';
import { greet, type Peer, respond, type ScriptedServer, startServer } from './server.ts';

const PCM = Buffer.alloc(480, 1);

let server: ScriptedServer | undefined;
let pool: Speaker | undefined;

afterEach(async () => {
  await server?.close();
  await pool?.close();
});

/** One commit that waits for the test's answer. */
interface Pending {
  text: string;
  voice: string;
  peer: Peer;
  answer: () => void;
}

/** A server that keeps commits until the test answers them, and what it has seen. */
async function serve(onCommit?: (pending: Pending) => void) {
  const pending: Pending[] = [];
  const peers: Peer[] = [];
  const arrivals: (() => void)[] = [];
  let open = 0;
  let most = 0;
  let responses = 0;
  server = await startServer({
    onSession(peer) {
      peers.push(peer);
      open += 1;
      most = Math.max(most, open);
      peer.socket.on('close', () => {
        open -= 1;
      });
      let voice = '';
      peer.on((event) => {
        if (event.type === 'session.update') voice = String(event.session?.voice);
      });
      greet(peer, (_peer, text) => {
        responses += 1;
        const id = `resp_${responses}`;
        const commit = { text, voice, peer, answer: () => respond(peer, id, [PCM]) };
        if (onCommit !== undefined) return onCommit(commit);
        pending.push(commit);
        for (const wake of arrivals.splice(0)) wake();
      });
    },
  });
  return {
    realtimeUrl: server.realtimeUrl,
    peers,
    most: () => most,
    opened: () => peers.length,
    /** The next commit that nobody has answered. */
    async next(): Promise<Pending> {
      for (;;) {
        const first = pending.shift();
        if (first !== undefined) return first;
        await new Promise<void>((resolve) => arrivals.push(resolve));
      }
    },
    waiting: () => pending.map(({ text }) => text),
  };
}

function makePool(realtimeUrl: string, options: Partial<SessionPoolOptions> = {}): Speaker {
  pool = createSessionPool({ realtimeUrl, apiKey: 'sk-test', maxSessions: 2, rampMs: 0, ...options });
  return pool;
}

function say(from: Speaker, voiceId: string, text: string, listener: Partial<SpeakListener> = {}) {
  const request = { model: 'm', voiceId, languageType: 'English', sampleRateHz: 24_000, text };
  return from.speak(request, { onAudio: () => undefined, ...listener });
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: PipelineError) => error,
  );

const atOnce = ({ answer }: Pending) => answer();

/** A rate limiter whose calls the test releases one by one. */
function manualLimiter() {
  const passes: (() => void)[] = [];
  const limiter: RateLimiter = {
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(interrupted('waiting')), { once: true });
        passes.push(() => resolve(() => undefined));
      }),
    pauseFor: async () => undefined,
  };
  return { limiter, passes };
}

describe('lending', () => {
  test('one voice uses one session again and again', async () => {
    const { realtimeUrl, opened } = await serve(atOnce);
    const speaking = makePool(realtimeUrl);
    for (const text of ['One.', 'Two.', 'Three.']) await say(speaking, 'ada', text);
    expect(opened()).toBe(1);
    expect(speaking.stats()).toEqual({ open: 1, busy: 0, opened: 1, spoken: 3, commits: 3, throttled: 0 });
  });

  test('a second voice gets its own session, a third takes the place of the longest idle', async () => {
    const { realtimeUrl, opened, most, peers } = await serve(atOnce);
    const speaking = makePool(realtimeUrl);
    await say(speaking, 'ada', 'One.');
    await say(speaking, 'bob', 'Two.');
    const left = once(peers[0]?.socket ?? expect.fail('no session'), 'close');
    await say(speaking, 'cy', 'Three.');
    await left;
    await say(speaking, 'bob', 'Four.');
    expect(opened()).toBe(3);
    expect(most()).toBe(2);
  });

  test('never more sessions than allowed; other callers wait, first come first served', async () => {
    const { realtimeUrl, next, most, waiting } = await serve();
    const speaking = makePool(realtimeUrl);
    const ends: string[] = [];
    const all = ['1', '2', '3', '4', '5'].map((text) => say(speaking, 'ada', text).then(() => ends.push(text)));
    for (let answered = 0; answered < 5; answered += 1) (await next()).answer();
    await Promise.all(all);
    expect(ends.toSorted()).toEqual(['1', '2', '3', '4', '5']);
    expect(ends.slice(2)).toEqual(['3', '4', '5']);
    expect(most()).toBe(2);
    expect(waiting()).toEqual([]);
  });

  test('a crowd for one voice does not starve another', async () => {
    const { realtimeUrl } = await serve(atOnce);
    const speaking = makePool(realtimeUrl, { maxSessions: 1 });
    const ends: string[] = [];
    const crowd = Array.from({ length: 10 }, (_, index) =>
      say(speaking, 'ada', `a${index}`).then(() => ends.push('ada')),
    );
    crowd.splice(
      3,
      0,
      say(speaking, 'bob', 'b').then(() => ends.push('bob')),
    );
    const late = Array.from({ length: 10 }, (_, index) =>
      say(speaking, 'ada', `l${index}`).then(() => ends.push('ada')),
    );
    await Promise.all([...crowd, ...late]);
    expect(ends.indexOf('bob')).toBeLessThan(14);
  });

  test('a lower priority number goes first, regardless of arrival', async () => {
    const { realtimeUrl, next } = await serve();
    const speaking = makePool(realtimeUrl, { maxSessions: 1 });
    const ends: string[] = [];
    const wanted = (voice: string, place: number) =>
      say(speaking, voice, `${voice} ${place}`, { priority: place }).then(() => ends.push(`${voice} ${place}`));
    const all = [wanted('ada', 90), wanted('ada', 91), wanted('ada', 92), wanted('ada', 2), wanted('ada', 1)];
    for (let answered = 0; answered < 5; answered += 1) (await next()).answer();
    await Promise.all(all);
    expect(ends).toEqual(['ada 90', 'ada 1', 'ada 2', 'ada 91', 'ada 92']);
  });

  test('other languages and rates do not share a session', async () => {
    const { realtimeUrl, opened } = await serve(atOnce);
    const speaking = makePool(realtimeUrl, { maxSessions: 3 });
    const request = { model: 'm', voiceId: 'ada', languageType: 'English', sampleRateHz: 24_000, text: 'One.' };
    await speaking.speak(request, { onAudio: () => undefined });
    await speaking.speak({ ...request, languageType: 'German' }, { onAudio: () => undefined });
    await speaking.speak({ ...request, sampleRateHz: 48_000 }, { onAudio: () => undefined });
    expect(opened()).toBe(3);
  });
});

describe('ageing', () => {
  test('an idle session is closed', async () => {
    const { realtimeUrl, peers } = await serve(atOnce);
    const speaking = makePool(realtimeUrl, { idleCloseMs: 20 });
    await say(speaking, 'ada', 'One.');
    await once(peers[0]?.socket ?? expect.fail('no session'), 'close');
    await expect.poll(() => speaking.stats().open).toBe(0);
  });

  test('a session past its age is not used again', async () => {
    const { realtimeUrl, opened } = await serve(atOnce);
    const speaking = makePool(realtimeUrl, { maxAgeMs: 0 });
    await say(speaking, 'ada', 'One.');
    await say(speaking, 'ada', 'Two.');
    expect(opened()).toBe(2);
  });

  test('a session that the service closed while idle is replaced unnoticed', async () => {
    const { realtimeUrl, peers, opened } = await serve(atOnce);
    const speaking = makePool(realtimeUrl);
    await say(speaking, 'ada', 'One.');
    peers[0]?.socket.close(1000);
    // The close and the next text cross on the wire: whichever is seen first, the caller gets speech.
    await say(speaking, 'ada', 'Two.');
    expect(opened()).toBe(2);
  });

  test('a session that the service ends while we wait for the account is replaced unnoticed, whatever the reason', async () => {
    const { realtimeUrl, opened, peers } = await serve(atOnce);
    const { limiter, passes } = manualLimiter();
    const speaking = makePool(realtimeUrl, { limiter: () => limiter });
    /** Lets a handshake and the commit after it through. */
    const openSession = async () => {
      await expect.poll(() => passes.length).toBe(2);
      for (const pass of passes.splice(0)) pass();
    };
    const first = say(speaking, 'ada', 'One.');
    await openSession();
    await first;
    const second = say(speaking, 'ada', 'Two.');
    await expect.poll(() => passes.length).toBe(1);
    const gone = once(peers[0]?.socket ?? expect.fail('no session'), 'close');
    peers[0]?.send({ type: 'error', error: { code: 'InvalidParameter', message: 'You were away for too long.' } });
    await gone;
    passes.shift();
    await openSession();
    await second;
    expect(opened()).toBe(2);
    expect(speaking.stats()).toMatchObject({ spoken: 2, commits: 2 });
  });

  test('a session that dies of our text without an answer costs one more commit, not an attempt', async () => {
    const { realtimeUrl } = await serve(({ text, peer, answer }) => {
      if (text === 'Two.' && server?.sessions() === 1) {
        peer.send({ type: 'error', error: { message: 'request timeout after 23 seconds.' } });
      } else answer();
    });
    const speaking = makePool(realtimeUrl);
    let commits = 0;
    const onCommit = () => {
      commits += 1;
    };
    await say(speaking, 'ada', 'One.', { onCommit });
    await say(speaking, 'ada', 'Two.', { onCommit });
    expect(commits).toBe(3);
    expect(speaking.stats()).toMatchObject({ spoken: 2, commits: 3, opened: 2 });
  });

  test('a service that is deaf for a while after a response loses one text, not one each time', async () => {
    const simulator = await startSimulator({
      voiceEngine: 'tones',
      behaviour: { adoptVoices: true, deafAfterDoneMs: 60 },
    });
    const speaking = makePool(simulator.realtimeUrl);
    const request = {
      model: 'qwen3-tts-vc-realtime-2026-01-15',
      voiceId: 'qwen-tts-vc-ada-voice-20250812105009984-838b',
      languageType: 'English',
      sampleRateHz: 24_000,
    };
    try {
      for (const text of ['One.', 'Two.', 'Three.', 'Four.', 'Five.']) {
        await speaking.speak({ ...request, text }, { onAudio: () => undefined });
      }
      // Without spacing every other text would be lost: eight commits or nine. A slow machine spaces them by itself.
      expect(speaking.stats().spoken).toBe(5);
      expect(speaking.stats().commits).toBeLessThanOrEqual(6);
    } finally {
      await speaking.close();
      await simulator.close();
    }
  });

  test('an answer that began and broke off is the caller’s to try again', async () => {
    const { realtimeUrl, opened } = await serve(({ text, peer, answer }) => {
      if (text !== 'Two.') return answer();
      peer.send({ type: 'response.created', response: { id: 'resp_x' } });
      peer.socket.close(1000);
    });
    const speaking = makePool(realtimeUrl);
    await say(speaking, 'ada', 'One.');
    expect(await failing(say(speaking, 'ada', 'Two.'))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
    await say(speaking, 'ada', 'Three.');
    expect(opened()).toBe(2);
  });
});

describe('the limits of the account', () => {
  test('a throttle pauses the limiter and is reported with its delay', async () => {
    const pauses: number[] = [];
    let passes = 0;
    const limiter: RateLimiter = {
      acquire: async () => {
        passes += 1;
        return () => undefined;
      },
      pauseFor: async (ms) => {
        pauses.push(ms);
      },
    };
    const { realtimeUrl } = await serve(({ peer }) =>
      peer.send({ type: 'error', error: { code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded.' } }),
    );
    const speaking = makePool(realtimeUrl, { limiter: () => limiter });
    expect(await failing(say(speaking, 'ada', 'One.'))).toMatchObject({ code: 'throttled', retry: { afterMs: 5_000 } });
    expect(pauses).toEqual([5_000]);
    // One for the handshake, one for the commit.
    expect(passes).toBe(2);
    expect(speaking.stats()).toMatchObject({ throttled: 1, spoken: 0 });
  });

  test('handshake and text leave last, after all that is done before them', async () => {
    const steps: string[] = [];
    const token = () => Object.assign(() => undefined, { depart: async () => void steps.push('departs') });
    const limiter: RateLimiter = { acquire: async () => token(), pauseFor: async () => undefined };
    const { realtimeUrl } = await serve(({ text, answer }) => {
      steps.push(text);
      answer();
    });
    const speaking = makePool(realtimeUrl, { limiter: () => limiter });
    await say(speaking, 'ada', 'One.', { onCommit: () => void steps.push('is recorded') });
    expect(steps).toEqual(['departs', 'is recorded', 'departs', 'One.']);
  });

  test('without a limiter a throttle still pauses this process', async () => {
    const controller = new AbortController();
    const { realtimeUrl, opened } = await serve(({ text, peer, answer }) =>
      text === 'One.' ? peer.socket.close(1008, 'Requests rate limit exceeded.') : answer(),
    );
    const speaking = makePool(realtimeUrl);
    expect(await failing(say(speaking, 'ada', 'One.'))).toMatchObject({ code: 'throttled' });
    const held = failing(say(speaking, 'ada', 'Two.', { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    expect(await held).toMatchObject({ code: 'interrupted' });
    expect(opened()).toBe(1);
  });

  /** Slots in memory that keep count. */
  function countedSlots(size: number) {
    const record = { held: 0, most: 0, taken: 0 };
    const queue: (() => void)[] = [];
    const slots: Semaphore = {
      takeReleaseRequest: () => false,
      onReleaseRequest: () => undefined,
      async acquire(signal) {
        while (record.held >= size) {
          await new Promise<void>((resolve, reject) => {
            queue.push(resolve);
            signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
          });
        }
        record.held += 1;
        record.taken += 1;
        record.most = Math.max(record.most, record.held);
        let given = false;
        return async () => {
          if (given) return;
          given = true;
          record.held -= 1;
          queue.shift()?.();
        };
      },
    };
    return { slots, record };
  }

  test('every session holds a slot until it is closed, failed ones included', async () => {
    const { slots, record } = countedSlots(5);
    const { realtimeUrl } = await serve(({ text, peer, answer }) =>
      text === 'bad' ? peer.socket.terminate() : answer(),
    );
    const speaking = makePool(realtimeUrl, { slots });
    await say(speaking, 'ada', 'One.');
    expect(record.held).toBe(1);
    await failing(say(speaking, 'bob', 'bad'));
    await say(speaking, 'cy', 'Two.');
    await say(speaking, 'dan', 'Three.');
    expect(record.held).toBe(2);
    await speaking.close();
    expect(record.held).toBe(0);
  });

  test('an account with room for fewer sessions than we may open: an idle one of ours makes room', async () => {
    const { slots, record } = countedSlots(1);
    const { realtimeUrl, most } = await serve(atOnce);
    const speaking = makePool(realtimeUrl, { slots, maxSessions: 4 });
    await say(speaking, 'ada', 'One.');
    await say(speaking, 'bob', 'Two.');
    expect(most()).toBe(1);
    expect(record).toMatchObject({ held: 1, most: 1 });
    await speaking.close();
    expect(record.held).toBe(0);
  });

  test('with the account’s sessions all in one voice’s hands here, another voice has its turn', async () => {
    const { slots } = countedSlots(1);
    const { realtimeUrl } = await serve(({ answer }) => setTimeout(answer, 150));
    const speaking = makePool(realtimeUrl, { slots, maxSessions: 4 });
    const ends: string[] = [];
    const note = (voice: string) => say(speaking, voice, 'One.').then(() => ends.push(voice));
    await Promise.all([note('ada'), note('ada'), note('bob'), ...Array.from({ length: 8 }, () => note('ada'))]);
    expect(ends.indexOf('bob')).toBeLessThan(6);
  });

  test('when others wait: an idle session ends at once, a busy one with its text', async () => {
    const { slots, record } = countedSlots(3);
    let surplus = 0;
    let tell = (): void => undefined;
    const shared: Semaphore = {
      ...slots,
      takeReleaseRequest: () => surplus > 0 && surplus-- > 0,
      onReleaseRequest: (listener) => {
        tell = listener;
      },
    };
    const { realtimeUrl, next } = await serve();
    const speaking = makePool(realtimeUrl, { slots: shared, maxSessions: 3 });
    const heard = say(speaking, 'ada', 'Once.');
    (await next()).answer();
    await heard;
    const first = say(speaking, 'ada', 'One.');
    const second = say(speaking, 'bob', 'Two.');
    const commits = [await next(), await next()];
    commits.find(({ voice }) => voice === 'ada')?.answer();
    await first;
    surplus = 2;
    tell();
    await expect.poll(() => record.held).toBe(1);
    expect(surplus).toBe(1);
    commits.find(({ voice }) => voice === 'bob')?.answer();
    await second;
    await expect.poll(() => record.held).toBe(0);
    expect(surplus).toBe(0);
  });

  test('a session is opened when its first commit is allowed as well, so that none grows old in the line', async () => {
    const { realtimeUrl, opened } = await serve(atOnce);
    const { limiter, passes } = manualLimiter();
    const speaking = makePool(realtimeUrl, { limiter: () => limiter });
    const spoken = say(speaking, 'ada', 'One.');
    await expect.poll(() => passes.length).toBe(2);
    passes.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(opened()).toBe(0);
    passes.shift()?.();
    await spoken;
    expect(passes).toHaveLength(0);
  });

  test('few calls a minute over many sessions that the service closes early: all is spoken', async () => {
    const simulator = await startSimulator({
      voiceEngine: 'tones',
      idleTimeoutMs: 500,
      behaviour: { adoptVoices: true },
    });
    const closing = new AbortController();
    // Twelve sessions, six calls in a second, sessions that live half of one: each would wait two seconds for its commit.
    const limiter = memoryRateLimiter({ calls: 6, windowMs: 1_000, spacingMs: 0 }, closing.signal);
    const speaking = makePool(simulator.realtimeUrl, { limiter: () => limiter, maxSessions: 12 });
    const voice = 'qwen-tts-vc-ada-voice-20250812105009984-838b';
    const request = {
      model: 'qwen3-tts-vc-realtime-2026-01-15',
      voiceId: voice,
      languageType: 'English',
      sampleRateHz: 24_000,
    };
    try {
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          speaking.speak({ ...request, text: `Line ${index}.` }, { onAudio: () => undefined }),
        ),
      );
      expect(speaking.stats()).toMatchObject({ spoken: 12, commits: 12 });
    } finally {
      await speaking.close();
      await simulator.close();
    }
  });

  test('handshakes keep their distance', async () => {
    const atMs: number[] = [];
    const { realtimeUrl } = await serve((commit) => {
      atMs.push(performance.now());
      commit.answer();
    });
    const speaking = makePool(realtimeUrl, { maxSessions: 4, rampMs: 200 });
    await Promise.all(['ada', 'bob', 'cy', 'dan'].map((voice) => say(speaking, voice, 'One.')));
    // 600 ms, less what a busy machine is late with the first.
    expect((atMs[3] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThan(300);
  });
});

describe('ending', () => {
  test('an abort while waiting leaves the queue in order', async () => {
    const { realtimeUrl, next } = await serve();
    const speaking = makePool(realtimeUrl, { maxSessions: 1 });
    const controller = new AbortController();
    const first = say(speaking, 'ada', 'One.');
    const held = await next();
    const second = failing(say(speaking, 'ada', 'Two.', { signal: controller.signal }));
    const third = say(speaking, 'ada', 'Three.');
    controller.abort();
    expect(await second).toMatchObject({ code: 'interrupted' });
    held.answer();
    await first;
    const last = await next();
    expect(last.text).toBe('Three.');
    last.answer();
    await third;
  });

  test('close waits for what is being spoken, refuses the rest, and leaves no session', async () => {
    const { realtimeUrl, next } = await serve();
    const speaking = makePool(realtimeUrl, { maxSessions: 1 });
    const heard = say(speaking, 'ada', 'Once.');
    (await next()).answer();
    await heard;
    const first = say(speaking, 'ada', 'One.');
    const held = await next();
    const second = failing(say(speaking, 'ada', 'Two.'));
    const closed = speaking.close();
    expect(await second).toMatchObject({ code: 'interrupted' });
    expect(await failing(say(speaking, 'ada', 'Three.'))).toMatchObject({ code: 'interrupted' });
    held.answer();
    await first;
    await closed;
    expect(speaking.stats()).toMatchObject({ open: 0, busy: 0, spoken: 2 });
  });

  test('a failure to open reaches the caller that waits for it, and the next one tries again', async () => {
    const refusals = ['refuse'];
    server = await startServer({
      onUpgrade: (socket) => {
        refusals.push('once more');
        socket.end('HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      },
    });
    const speaking = makePool(server.realtimeUrl, { maxSessions: 1 });
    const both = await Promise.all([failing(say(speaking, 'ada', 'One.')), failing(say(speaking, 'ada', 'Two.'))]);
    expect(both.map(({ code }) => code)).toEqual(['service-failed', 'service-failed']);
    expect(refusals).toHaveLength(3);
    expect(speaking.stats().open).toBe(0);
  });
});

describe('a model that has gone', () => {
  /** On no list of models any more, and past its announced end. */
  const ENDED = 'qwen3-tts-vc-realtime-2025-11-27';
  const LASTING = 'qwen-audio-3.1-tts-flash';

  /** Accepts settings, then closes every session at its first text. */
  const closing = () => serve(({ peer }) => peer.socket.close(1000));
  const sayAs = (from: Speaker, model: string, text: string, onCommit: () => void) =>
    from.speak(
      { model, voiceId: 'ada', languageType: 'English', sampleRateHz: 24_000, text },
      { onAudio: () => undefined, onCommit },
    );

  test('is noticed at its first text when its end has passed: the others are not sent', async () => {
    const { realtimeUrl, opened } = await closing();
    const speaking = makePool(realtimeUrl, { maxSessions: 8 });
    let texts = 0;
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => failing(sayAs(speaking, ENDED, `Text ${index}.`, () => (texts += 1)))),
    );
    expect(all.map(({ code }) => code)).toEqual(all.map(() => 'model-unknown'));
    expect(all[0]?.message).toContain('2026-10-10');
    expect(texts).toBe(1);
    expect(opened()).toBe(1);
  });

  test('is noticed by its silence, too', async () => {
    const { realtimeUrl } = await serve(() => undefined);
    const speaking = makePool(realtimeUrl, { idleTimeoutMs: 50 });
    expect((await failing(sayAs(speaking, ENDED, 'One.', () => undefined))).code).toBe('model-unknown');
  });

  test('of which no end is known is tried three times', async () => {
    const { realtimeUrl } = await closing();
    const speaking = makePool(realtimeUrl);
    const codes: string[] = [];
    for (let time = 0; time < 3; time++)
      codes.push((await failing(sayAs(speaking, LASTING, 'One.', () => undefined))).code);
    expect(codes).toEqual(['session-lost', 'session-lost', 'model-unknown']);
  });

  test('is not assumed once it was heard, and then speaks several texts at once', async () => {
    let closes = false;
    const { realtimeUrl, most } = await serve(({ answer, peer }) => {
      if (closes) peer.socket.close(1000);
      else setTimeout(answer, 30);
    });
    const speaking = makePool(realtimeUrl, { maxSessions: 4 });
    await sayAs(speaking, ENDED, 'One.', () => undefined);
    await Promise.all(['Two.', 'Three.', 'Four.'].map((text) => sayAs(speaking, ENDED, text, () => undefined)));
    expect(most()).toBeGreaterThan(1);
    closes = true;
    expect((await failing(sayAs(speaking, ENDED, 'Five.', () => undefined))).code).toBe('session-lost');
  });
});

test.each<[string, (peer: Peer) => void]>([
  ['an event without a code', (peer) => peer.send({ type: 'error', error: { message: 'Allocated quota exceeded.' } })],
  ['an event of words', (peer) => peer.send({ type: 'error', error: 'You exceeded your current requests list.' })],
  ['a close', (peer) => peer.socket.close(1011, 'Request rate increased too quickly, please slow down.')],
])('a throttle as %s slows all callers down, and nothing was paid', async (_name, answer) => {
  const { realtimeUrl } = await serve(({ peer }) => answer(peer));
  const paused: number[] = [];
  const limiter: RateLimiter = { acquire: async () => () => undefined, pauseFor: async (ms) => void paused.push(ms) };
  const speaking = makePool(realtimeUrl, { limiter: () => limiter });
  // Nothing is owed for this code (jobs/pay.ts).
  expect(await failing(say(speaking, 'ada', 'One.'))).toMatchObject({ code: 'throttled' });
  expect(speaking.stats()).toMatchObject({ throttled: 1, commits: 1 });
  expect(paused.every((ms) => ms >= 5_000) && paused.length === 1).toBe(true);
});
