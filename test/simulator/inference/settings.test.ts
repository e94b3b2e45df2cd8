/** Every setting of the group `inference` that concerns tasks, and every fault of a task. */
import { describe, expect, test } from 'vitest';
import type { FaultRule } from '../../../src/simulator/faults.ts';
import type { InferenceSettings } from '../../../src/simulator/inference/settings.ts';
import { parseFault, readSettings } from '../../../src/simulator/parse-settings.ts';
import { connect, enrolled, session, start, TOKEN_MODEL } from '../rig.ts';
import { AUDIO_30, CHARACTERS, enroll, failure, open, ready, speak, TOKENS, taskOf, voiceOf } from './rig.ts';

const TEXT = 'The lamp was out. Nobody had seen it go.';
const timed = { texts: [TEXT], word_timestamp_enabled: true };

/** Speaks with settings. */
async function spoken(inference: Partial<InferenceSettings>, over: Record<string, unknown> = {}, model = CHARACTERS) {
  const { client, voice } = await ready({ inference, speed: { chunkMs: 200 } }, model);
  return speak(client, { model, ...timed, voice, ...over });
}

/** Speaks with a fault, and gives the client. */
async function struck(fault: FaultRule, { end = 'finish' as 'finish' | 'cancel' } = {}) {
  const { client, voice, simulator } = await ready({ faults: [fault], speed: { chunkMs: 200 } });
  const task = taskOf();
  for (const message of [task.run(CHARACTERS, { voice }), task.text(TEXT), task[end]()]) client.send(message);
  return { client, simulator, task, voice };
}

describe('silence', () => {
  test('textGapMs: a silent client fails the task, before the first text and between texts; finish ends the wait', async () => {
    const { client, voice, simulator } = await ready({ inference: { textGapMs: 60 }, speed: { timesRealtime: 20 } });
    expect(await failure(client, [taskOf().run(CHARACTERS, { voice })])).toEqual({
      code: 'CLIENT_ERROR',
      message: 'request timeout after 23 seconds.',
      closed: 1007,
    });
    const between = await open(simulator);
    const task = taskOf();
    const late = await failure(between, [task.run(CHARACTERS, { voice }), task.text('And')]);
    expect(late.code).toBe('CLIENT_ERROR');
    await speak(await open(simulator), { texts: [TEXT], voice });
    simulator.set({ inference: { textGapMs: 0 } });
    const patient = await open(simulator);
    patient.send(taskOf().run(CHARACTERS, { voice }));
    await expect.poll(() => patient.order).toEqual(['task-started']);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(patient.order).toEqual(['task-started']);
  });

  test('idleCloseMs: a connection without a task is closed, after a task and before the first', async () => {
    const { client, voice, simulator } = await ready({ inference: { idleCloseMs: 80 } });
    await speak(client, { texts: ['Hello.'], voice });
    expect((await client.closed).code).toBe(1000);
    expect((await (await open(simulator)).closed).code).toBe(1000);
    simulator.set({ inference: { idleCloseMs: 0 } });
    const patient = await open(simulator);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await speak(patient, { texts: ['Hello.'], voice });
  });
});

describe('frames', () => {
  test.each([200, 1001, 10_000_000])('frameBytes: %i bytes', async (frameBytes) => {
    const plain = await spoken({});
    const cut = await spoken({ frameBytes });
    expect(cut.audio.equals(plain.audio)).toBe(true);
    const lengths = cut.frames.map(({ bytes }) => bytes.length);
    expect(Math.max(...lengths)).toBe(Math.min(frameBytes, Math.max(...lengths)));
    if (frameBytes > 1_000_000) expect(lengths).toHaveLength(2);
    else expect(lengths[0]).toBe(frameBytes);
  });

  test('cutAt: at commas too', async () => {
    const texts = ['One, two. Three.'];
    expect((await spoken({}, { texts })).ends).toHaveLength(2);
    expect((await spoken({ cutAt: 'comma' }, { texts })).ends).toHaveLength(3);
  });
});

describe('words', () => {
  type Spoken = Awaited<ReturnType<typeof spoken>>;
  const wordsIn = ({ outputs }: Spoken, type: string) =>
    outputs.filter(({ payload }) => payload.output?.type === type).map(({ payload }) => payload.output?.sentence.words);

  test('none, empty, end, growing; nothing unless asked for', async () => {
    const none = await spoken({ words: 'none' });
    expect(
      [...wordsIn(none, 'sentence-end'), ...wordsIn(none, 'sentence-synthesis')].every((words) => words === undefined),
    ).toBe(true);
    expect(wordsIn(await spoken({ words: 'empty' }), 'sentence-end')).toEqual([[], []]);
    expect(wordsIn(await spoken({}, { word_timestamp_enabled: false }), 'sentence-end')).toEqual([[], []]);
    const end = await spoken({ words: 'end' });
    expect(wordsIn(end, 'sentence-end').map((words) => words?.length)).toEqual([4, 5]);
    expect(wordsIn(end, 'sentence-synthesis').every((words) => words?.length === 0)).toBe(true);
    const growing = await spoken({ words: 'growing' });
    const counts = wordsIn(growing, 'sentence-synthesis').map((words) => words?.length ?? 0);
    expect(counts[0]).toBeLessThan(4);
    expect(counts.at(-1)).toBe(5);
    expect(wordsIn(growing, 'sentence-end').map((words) => words?.length)).toEqual([4, 5]);
  });

  test('wordTimes: from the sentence or from the task', async () => {
    const first = (of: Spoken) => wordsIn(of, 'sentence-end').map((words) => words?.[0]?.['begin_time']);
    expect(first(await spoken({}))).toEqual([0, 0]);
    const task = await spoken({ wordTimes: 'task' });
    const sentence = task.frames.filter(({ after }) => after?.payload.output?.sentence.index === 0);
    const lengthMs = sentence.reduce((sum, { bytes }) => sum + bytes.length, 0) / 48;
    expect(first(task)).toEqual([0, Math.round(lengthMs)]);
    const last = wordsIn(task, 'sentence-end')[1]?.at(-1)?.['end_time'];
    expect(last).toBeLessThanOrEqual(task.audio.length / 48);
  });

  test('wordIndices and hanWords', async () => {
    const texts = ['𠀀床前 ok。'];
    const indices = async (inference: Partial<InferenceSettings>) =>
      wordsIn(await spoken(inference, { texts }), 'sentence-end')[0]?.map((word) => [
        word['text'],
        word['begin_index'],
        word['end_index'],
      ]);
    expect(await indices({})).toEqual([
      ['𠀀', 0, 2],
      ['床', 2, 3],
      ['前', 3, 4],
      ['ok', 5, 7],
    ]);
    expect(await indices({ wordIndices: 'code-point' })).toEqual([
      ['𠀀', 0, 1],
      ['床', 1, 2],
      ['前', 2, 3],
      ['ok', 4, 6],
    ]);
    expect(await indices({ hanWords: 'run' })).toEqual([
      ['𠀀床前', 0, 4],
      ['ok', 5, 7],
    ]);
  });

  test('lastOriginalText: missing from the last sentence only', async () => {
    const { outputs } = await spoken({ lastOriginalText: false });
    const texts = outputs
      .filter(({ payload }) => payload.output?.type !== 'sentence-synthesis')
      .map(({ payload }) => payload.output?.original_text);
    // The first sentence begins before the server knows what follows.
    expect(texts.slice(0, 2)).toEqual(['The lamp was out.', 'The lamp was out.']);
    expect(texts.slice(2)).toEqual([undefined, undefined]);
  });
});

describe('usage and shape', () => {
  const keys = (usage: object | undefined) => usage && Object.keys(usage);
  const tokens = ['input_tokens', 'output_tokens', 'total_tokens'];

  test.each<[InferenceSettings['usage'], string, string[] | undefined]>([
    ['model', CHARACTERS, ['characters']],
    ['model', TOKENS, tokens],
    ['characters', TOKENS, ['characters']],
    ['tokens', CHARACTERS, tokens],
    ['both', CHARACTERS, ['characters', ...tokens]],
    ['none', CHARACTERS, undefined],
  ])('usage: %s of %s', async (usage, model, expected) => {
    const { finished, ends } = await spoken({ usage }, {}, model);
    expect(keys(finished.payload.usage)).toEqual(expected);
    expect(keys(ends[0]?.payload.usage)).toEqual(expected);
  });

  test('usageIn', async () => {
    const end = await spoken({ usageIn: 'sentence-end' });
    expect([end.finished.payload.usage, end.ends[1]?.payload.usage]).toEqual([undefined, { characters: 40 }]);
    const finished = await spoken({ usageIn: 'finished' });
    expect([finished.finished.payload.usage, finished.ends[1]?.payload.usage]).toEqual([{ characters: 40 }, undefined]);
  });

  test('resultsIn: under output, at the top, both', async () => {
    const flat = await spoken({ resultsIn: 'payload' });
    expect(flat.outputs[0]?.payload).toEqual({
      type: 'sentence-begin',
      sentence: { index: 0, words: [] },
      original_text: 'The lamp was out.',
    });
    const both = await spoken({ resultsIn: 'both' });
    expect(both.outputs[0]?.payload).toMatchObject({ type: 'sentence-begin', output: { type: 'sentence-begin' } });
  });

  test('textLimitCounts: characters', async () => {
    const { client, voice } = await ready({ inference: { textLimitCounts: 'characters' } });
    const task = taskOf();
    // Canceled, because so much speech takes long.
    const messages = [task.run(CHARACTERS, { voice }), task.text('月'.repeat(10_001)), task.cancel()];
    for (const message of messages) client.send(message);
    await client.event('task-finished');
  });
});

describe('seeds', () => {
  const isSame = async (inference: Partial<InferenceSettings>, seed: number) => {
    const { client, voice } = await ready({ inference });
    const [first, second] = [
      await speak(client, { texts: [TEXT], voice, seed }),
      await speak(client, { texts: [TEXT], voice, seed }),
    ];
    return first.audio.equals(second.audio);
  };

  test('seedHonored and seedZero', async () => {
    expect(await isSame({}, 7)).toBe(true);
    expect(await isSame({}, 0)).toBe(true);
    expect(await isSame({ seedHonored: false }, 7)).toBe(false);
    expect(await isSame({ seedZero: 'random' }, 0)).toBe(false);
    expect(await isSame({ seedZero: 'random' }, 7)).toBe(true);
  });
});

describe('refused', () => {
  test('rules30: july refuses hot_fix and word times, of the 3.0 models only', async () => {
    const hotFix = { hot_fix: { replace: [{ lamp: 'light' }] } };
    for (const asked of [{ word_timestamp_enabled: true }, hotFix]) {
      const { client, voice } = await ready({ inference: { rules30: 'july' } }, AUDIO_30);
      const failed = await failure(client, [taskOf().run(AUDIO_30, { voice, ...asked })]);
      expect(failed).toMatchObject({ code: 'InvalidParameter', message: /not supported/ });
    }
    await spoken({ rules30: 'july' }, hotFix);
    await spoken({}, hotFix, AUDIO_30);
  });

  test('instructionCharacters', async () => {
    await spoken({ instructionCharacters: 3 }, { instruction: '好好好' });
    const { client, voice } = await ready({ inference: { instructionCharacters: 3 } });
    const failed = await failure(client, [taskOf().run(CHARACTERS, { voice, instruction: 'four' })]);
    expect(failed).toMatchObject({ message: /instruction/ });
  });

  test.each<[InferenceSettings['retiredForm'], object, number]>([
    ['access-denied', { code: 'Endpoint.AccessDenied', closed: 1007 }, 403],
    ['not-found', { code: 'ModelNotFound', closed: 1007 }, 404],
    ['invalid', { code: 'InvalidParameter', closed: 1007 }, 400],
  ])('retired, %s: tasks, enrolment, both families', async (retiredForm, error, status) => {
    const { client, voice, simulator } = await ready();
    const old = await enrolled(simulator);
    simulator.set({ inference: { retired: [CHARACTERS, TOKEN_MODEL, 'qwen-voice-enrollment'], retiredForm } });
    expect(await failure(client, [taskOf().run(CHARACTERS, { voice })])).toMatchObject(error);
    expect((await enroll(simulator, { action: 'create_voice', target_model: CHARACTERS })).status).toBe(status);
    await expect(connect(simulator)).rejects.toMatchObject({ status });
    await expect(enrolled(simulator)).rejects.toThrow('not enrolled');
    simulator.set({ inference: { retired: [] } });
    await session(simulator, { voice: old });
  });

  test('an unknown model is refused like a retired one', async () => {
    const { client } = await ready();
    expect(await failure(client, [taskOf().run('cosyvoice-v9', { voice: 'x' })])).toMatchObject({
      code: 'ModelNotFound',
    });
  });

  test('retired, close and silence', async () => {
    const { client, voice, simulator } = await ready();
    simulator.set({ inference: { retired: [CHARACTERS, TOKEN_MODEL], retiredForm: 'close' } });
    client.send(taskOf().run(CHARACTERS, { voice }));
    expect(await client.closed).toEqual({ code: 1007, reason: `Model not found (${CHARACTERS})!` });
    expect(client.messages).toEqual([]);
    const old = await connect(simulator);
    expect(await old.closed).toEqual({ code: 1007, reason: `Model not found (${TOKEN_MODEL})!` });
    simulator.set({ inference: { retiredForm: 'silence' } });
    const silent = await open(simulator);
    const task = taskOf();
    for (const message of [task.run(CHARACTERS, { voice }), task.text(TEXT), task.finish()]) silent.send(message);
    const oldSilent = await connect(simulator);
    oldSilent.send({ type: 'session.update', session: { voice: 'x' } });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(silent.order).toEqual(['task-started']);
    expect(oldSilent.types()).toEqual(['session.created']);
  });
});

describe('limits', () => {
  test('tasksPerSecond and tasksPerMinute count each model by itself; task-failed or close', async () => {
    const { client, voice, simulator } = await ready({ inference: { tasksPerSecond: 1 } });
    await speak(client, { texts: ['One.'], voice });
    expect(await failure(client, [taskOf().run(CHARACTERS, { voice })])).toMatchObject({
      code: 'Throttling.RateQuota',
      closed: 1007,
    });
    const other = await voiceOf(simulator, { target_model: TOKENS });
    await speak(await open(simulator), { model: TOKENS, texts: ['One.'], voice: other });
    simulator.set({ inference: { tasksPerSecond: 1000, tasksPerMinute: 1, throttleForm: 'close' } });
    const closed = await open(simulator);
    closed.send(taskOf().run(CHARACTERS, { voice }));
    expect(await closed.closed).toMatchObject({ code: 1007, reason: expect.stringContaining('rate limit') });
    expect(closed.messages).toEqual([]);
    expect(simulator.metrics().inference.tasks).toMatchObject({ throttled: 2, maxInAnySecond: 4, maxInAnyMinute: 4 });
  });

  test('throttleForm handshake, and connectionsAtOnce', async () => {
    const simulator = await start({ inference: { tasksPerMinute: 1, throttleForm: 'handshake' } });
    await open(simulator);
    await expect(open(simulator)).rejects.toMatchObject({ status: 429 });
    const small = await start({ inference: { connectionsAtOnce: 1 } });
    await open(small);
    await expect(open(small)).rejects.toMatchObject({ status: 429 });
    expect(small.metrics().inference).toMatchObject({
      connections: { accepted: 1, maxAtOnce: 1 },
      tasks: { throttled: 1 },
    });
  });
});

describe('faults', () => {
  test('of the handshake', async () => {
    const simulator = await start({
      faults: [
        { kind: 'throttle-handshake', nth: 1 },
        { kind: 'handshake-5xx', nth: 2 },
        { kind: 'slow-handshake', nth: 3, delayMs: 60 },
      ],
    });
    await expect(open(simulator)).rejects.toMatchObject({ status: 429 });
    await expect(open(simulator)).rejects.toMatchObject({ status: 503 });
    const startMs = performance.now();
    await open(simulator);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(58);
  });

  test('fail-at-start and silent-start', async () => {
    const { client } = await struck({ kind: 'fail-at-start' });
    expect((await client.event('task-failed')).header.error_code).toBe('InternalError');
    expect(client.order).not.toContain('task-started');
    const silent = await struck({ kind: 'silent-start' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(silent.client.order).toEqual([]);
    expect(silent.client.socket.readyState).toBe(1);
  });

  test.each([
    [1000, 1000],
    [1005, 1005],
    [1006, 1006],
    [1007, 1007],
    [1011, 1011],
  ])('close with %i after two frames', async (closeCode, seen) => {
    const { client } = await struck({ kind: 'close', frame: 2, closeCode });
    expect((await client.closed).code).toBe(seen);
    expect(client.frames.length).toBeLessThanOrEqual(2);
    expect(client.order).not.toContain('task-finished');
  });

  test('drop, error-event, stall; beyond the last frame they strike before the end', async () => {
    expect((await (await struck({ kind: 'drop' })).client.closed).code).toBe(1006);
    const { client } = await struck({ kind: 'error-event', frame: 1000 });
    expect((await client.event('task-failed')).header.error_code).toBe('InternalError');
    expect(client.order.filter((name) => name === 'sentence-end')).toHaveLength(2);
    expect(client.order).not.toContain('task-finished');
    const stalled = await struck({ kind: 'stall', frame: 1 });
    await expect.poll(() => stalled.client.frames.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(stalled.client.frames).toHaveLength(1);
    expect(stalled.client.socket.readyState).toBe(1);
  });

  test('throttle-event, throttle-close, content-refusal', async () => {
    const event = await struck({ kind: 'throttle-event' });
    expect((await event.client.event('task-failed')).header.error_code).toBe('Throttling.RateQuota');
    expect(event.simulator.metrics().inference.tasks.throttled).toBe(1);
    const close = await struck({ kind: 'throttle-close' });
    expect((await close.client.closed).reason).toContain('rate limit');
    expect(close.client.order).toEqual(['task-started']);
    const refused = await struck({ kind: 'content-refusal', text: 'lamp' });
    expect((await refused.client.event('task-failed')).header.error_code).toBe('DataInspectionFailed');
  });

  test('finished-without-audio, and the next task is complete', async () => {
    const { client, voice } = await struck({ kind: 'finished-without-audio', times: 1 });
    await client.event('task-finished');
    expect(client.frames).toEqual([]);
    expect((await speak(client, { texts: [TEXT], voice })).audio.length).toBeGreaterThan(0);
  });

  test('odd-delta: frames with half a sample, the sound intact', async () => {
    const { client, voice } = await struck({ kind: 'odd-delta', frame: 1, times: 1 });
    await client.event('task-finished');
    const odd = Buffer.concat(client.frames.map(({ bytes }) => bytes));
    expect(client.frames.some(({ bytes }) => bytes.length % 2 === 1)).toBe(true);
    expect((await speak(client, { texts: [TEXT], voice })).audio.equals(odd)).toBe(true);
  });

  test.each([
    [0, ['Nobody had seen it go.']],
    [1, ['The lamp was out.']],
    [9, ['The lamp was out.']],
  ])('lost-sentence %i: left out in silence; in a shorter task the last', async (frame, left) => {
    const { client } = await struck({ kind: 'lost-sentence', frame });
    await client.event('task-finished');
    const ends = client.messages.filter(({ payload }) => payload.output?.type === 'sentence-end');
    expect(ends.map(({ payload }) => payload.output?.original_text)).toEqual(left);
    expect(ends[0]?.payload.output?.sentence.index).toBe(0);
  });

  test('foreign-events and foreign-frames: of a task that is not ours', async () => {
    const strangers = async (kind: FaultRule['kind']) => {
      const { client, task } = await struck({ kind });
      await client.event('task-finished');
      const isForeign = (id: string | undefined) => id !== task.taskId;
      return {
        messages: client.messages.filter(({ header }) => isForeign(header.task_id)).length,
        frames: client.frames.filter(({ after }) => isForeign(after?.header.task_id)).length,
      };
    };
    const events = await strangers('foreign-events');
    expect(events.messages).toBeGreaterThan(1);
    expect(events.frames).toBe(0);
    const frames = await strangers('foreign-frames');
    expect(frames.frames).toBe(frames.messages);
  });

  test('late-frames: sound after the end of a canceled task', async () => {
    const { client, voice } = await struck({ kind: 'late-frames', times: 1 }, { end: 'cancel' });
    await client.event('task-finished');
    await speak(client, { texts: ['Next.'], voice });
    const end = client.order.indexOf('task-finished');
    expect(client.order.slice(end, end + 3)).toEqual(['task-finished', 'frame', 'frame']);
  });

  test.each(['wrong-voice', 'truncated-tail', 'inserted-silence', 'repetition', 'noise', 'level-jump'] as const)(
    'audible: %s',
    async (kind) => {
      const { client, voice } = await struck({ kind, times: 1 });
      await client.event('task-finished');
      const heard = Buffer.concat(client.frames.map(({ bytes }) => bytes));
      expect((await speak(client, { texts: [TEXT], voice })).audio.equals(heard)).toBe(false);
    },
  );
});

test('pace: the first sound waits, and speech takes its time', async () => {
  const { client, voice } = await ready({ speed: { firstAudioMs: 60, timesRealtime: 20 } });
  const startMs = performance.now();
  const { audio } = await speak(client, { texts: [TEXT], voice });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(58 + audio.length / 48 / 20);
});

test('as text: names, lists, none', () => {
  expect(
    readSettings('inference', ['textGapMs=0', 'retired=a,b', 'listCap=none', 'badSample=500', 'dataUri=false']),
  ).toEqual({
    inference: {
      textGapMs: 0,
      retired: ['a', 'b'],
      listCap: Number.POSITIVE_INFINITY,
      badSample: '500',
      dataUri: false,
    },
  });
  expect(readSettings('inference', ['words=some'])).toHaveProperty('problem');
  expect(readSettings('inference', ['wrods=end'])).toHaveProperty('problem');
  expect(parseFault('close:closeCode=1011,frame=2')).toEqual({ kind: 'close', closeCode: 1011, frame: 2 });
});

test('spoken texts are counted, and a reset forgets voices and counters', async () => {
  const { client, voice, simulator } = await ready();
  await speak(client, { texts: [TEXT, ' And more.'], voice });
  expect(Object.fromEntries(simulator.spokenTexts())).toEqual({ [TEXT]: 1, ' And more.': 1 });
  await simulator.reset();
  expect((await client.closed).code).toBe(1006);
  expect(simulator.metrics().inference).toMatchObject({ voices: 0, tasks: { run: 0 }, billed: { characters: 0 } });
});
