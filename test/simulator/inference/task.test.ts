import { describe, expect, test } from 'vitest';
import { start } from '../rig.ts';
import { AUDIO_30, CHARACTERS, failure, open, ready, speak, TOKENS, taskOf, voiceOf } from './rig.ts';

const TEXT = 'The lamp was out. Nobody had seen it go.';

describe('a task', () => {
  test('events, frames, words and usage in the documented order', async () => {
    const { client, voice } = await ready({ speed: { chunkMs: 500 } });
    const { ends, finished, audio, frames, task } = await speak(client, {
      texts: [TEXT],
      voice,
      word_timestamp_enabled: true,
    });
    const folded = client.order.filter((name, index, all) => name !== 'frame' || all[index - 1] !== 'frame');
    expect(folded.join(' ')).toMatch(
      /^task-started( sentence-begin( sentence-synthesis frame)+ sentence-end){2} task-finished$/,
    );
    expect(client.order.filter((name) => name === 'frame')).toHaveLength(frames.length);
    for (const { after } of frames) expect(after?.payload.output?.type).toBe('sentence-synthesis');
    expect(ends.map(({ payload }) => [payload.output?.sentence.index, payload.output?.original_text])).toEqual([
      [0, 'The lamp was out.'],
      [1, 'Nobody had seen it go.'],
    ]);
    const words = ends[1]?.payload.output?.sentence.words ?? [];
    expect(words.map(({ text }) => text)).toEqual(['Nobody', 'had', 'seen', 'it', 'go']);
    expect(words[1]).toMatchObject({ begin_index: 7, end_index: 10 });
    expect(words[0]?.['begin_time']).toBe(0);
    expect(ends.map(({ payload }) => payload.usage)).toEqual([{ characters: 18 }, { characters: 40 }]);
    expect(finished).toMatchObject({
      header: { task_id: task.taskId, attributes: { request_uuid: expect.any(String) } },
      payload: { output: { sentence: { words: [] } }, usage: { characters: 40 } },
    });
    expect(audio.length % 2).toBe(0);
    expect(audio.length / 48_000).toBeGreaterThan(1);
  });

  test('the same to the byte by seed, text, voice and parameters; anything else sounds different', async () => {
    const { client, voice, simulator } = await ready();
    const sound = async (over: Record<string, unknown> = {}) =>
      (await speak(client, { texts: [TEXT], voice, seed: 7, ...over })).audio;
    const first = await sound();
    expect((await sound()).equals(first)).toBe(true);
    const other = await voiceOf(simulator, { prefix: 'tom', max_prompt_audio_length: 3 });
    for (const over of [
      { seed: 8 },
      { instruction: 'Whisper.' },
      { language_hints: ['en'] },
      { language_hints: ['de'] },
      { voice: other },
      { rate: 1.2 },
      { pitch: 1.2 },
      { volume: 40 },
      { hot_fix: { replace: [{ lamp: 'light' }] } },
    ]) {
      expect((await sound(over)).equals(first), JSON.stringify(over)).toBe(false);
    }
    expect((await sound({ language_hints: ['en', 'de'] })).equals(await sound({ language_hints: ['en'] }))).toBe(true);
  });

  test('a sentence begins before its text is finished; the rest waits for more, a flush or the end', async () => {
    const { client, voice } = await ready();
    const task = taskOf();
    client.send(task.run(CHARACTERS, { voice }));
    client.send(task.text('The lamp was out. Nobody had'));
    const isEnd = (index: number) => (message: (typeof client.messages)[number]) =>
      message.payload.output?.type === 'sentence-end' && message.payload.output.sentence.index === index;
    expect((await client.wait(isEnd(0))).payload.output?.original_text).toBe('The lamp was out.');
    client.send(task.text(' seen'));
    client.send(task.flush());
    expect((await client.wait(isEnd(1))).payload.output?.original_text).toBe('Nobody had seen');
    client.send(task.text(' it go'));
    client.send(task.finish());
    expect((await client.wait(isEnd(2))).payload.output?.original_text).toBe('it go');
    await client.event('task-finished');
  });

  test('cancel: finished at once, no more sound, and the connection takes the next task', async () => {
    const { client, voice, simulator } = await ready({ speed: { timesRealtime: 1, chunkMs: 50 } });
    const task = taskOf();
    client.send(task.run(CHARACTERS, { voice }));
    client.send(task.text(`${TEXT} `.repeat(20)));
    await client.wait(({ payload }) => payload.output?.type === 'sentence-synthesis');
    client.send(task.cancel());
    await client.event('task-finished', task.taskId);
    const heard = client.frames.length;
    simulator.set({ speed: { timesRealtime: 0 } });
    const next = await speak(client, { texts: ['Next.'], voice });
    expect(next.frames.length).toBe(client.frames.length - heard);
    expect(client.order.slice(client.order.indexOf('task-finished') + 1)[0]).toBe('task-started');
    expect(simulator.metrics().inference.tasks).toMatchObject({ run: 2, finished: 1, canceled: 1, failed: 0 });
  });

  test('32 hex digits, a slash at the end, and the fields that the SDKs add', async () => {
    const { simulator, voice } = await ready();
    const client = await open(simulator, { slash: '/' });
    const task = taskOf('0123456789abcdef0123456789abcdef');
    client.send(
      task.run(CHARACTERS, {
        voice,
        format: 'Default',
        sample_rate: 0,
        type: 0,
        style: 'x',
        phoneme_timestamp_enabled: false,
      }),
    );
    const text = task.text('Hello.');
    client.send({
      ...text,
      payload: { model: CHARACTERS, task_group: 'audio', task: 'tts', function: 'SpeechSynthesizer', ...text.payload },
    });
    client.send(task.finish());
    await client.event('task-finished');
    expect(client.frames[0]?.bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xf3]));
  });

  test('wav has its header in the first frame only', async () => {
    const { client, voice } = await ready({ speed: { chunkMs: 200 } });
    const { frames } = await speak(client, { texts: [TEXT], voice, format: 'wav' });
    expect(frames.map(({ bytes }) => bytes.includes('RIFF'))).toEqual([true, ...frames.slice(1).map(() => false)]);
    const pcm = await speak(client, { texts: [TEXT], voice, format: 'pcm' });
    expect(
      Buffer.concat(frames.map(({ bytes }) => bytes))
        .subarray(44)
        .equals(pcm.audio),
    ).toBe(true);
  });

  test('3.1 counts tokens, the others characters, a Han character as 2', async () => {
    const { client, voice, simulator } = await ready({ inference: { tokensPerSecond: 50 } }, TOKENS);
    const { finished, audio } = await speak(client, { model: TOKENS, texts: ['床前明月光。'], voice });
    const seconds = audio.length / 48_000;
    const output = Math.ceil(seconds * 50);
    expect(finished.payload.usage).toEqual({ input_tokens: 6, output_tokens: output, total_tokens: 6 + output });
    const other = await voiceOf(simulator);
    const counted = await speak(client, { texts: ['床前明月光。'], voice: other });
    expect(counted.finished.payload.usage).toEqual({ characters: 11 });
    expect(simulator.metrics().inference.billed).toEqual({ characters: 11, inputTokens: 6, outputTokens: output });
  });
});

describe('a broken rule fails the task and ends the connection', () => {
  const hello = (task: ReturnType<typeof taskOf>, parameters: Record<string, unknown>) => [
    task.run(CHARACTERS, parameters),
    task.text('Hello.'),
  ];

  test.each<[string, (task: ReturnType<typeof taskOf>, voice: string) => unknown[], RegExp]>([
    ['no JSON', () => ['{'], /Invalid payload data/],
    ['no header', () => [{ payload: {} }], /Invalid payload data/],
    ['no payload', (task) => [{ header: task.finish().header }], /Invalid payload data/],
    ['no input', (task) => [{ header: task.finish().header, payload: {} }], /task can not be null/],
    ['a task ID of any form', (_task, voice) => [taskOf('1').run(CHARACTERS, { voice })], /task_id must be a UUID/],
    [
      'another streaming',
      (task) => [{ header: { ...task.finish().header, streaming: 'out' }, payload: { input: {} } }],
      /streaming/,
    ],
    [
      'an unknown action',
      (task) => [{ header: { ...task.finish().header, action: 'stop' }, payload: { input: {} } }],
      /action/,
    ],
    ['no model', (task, voice) => [task.run('', { voice })], /Missing required parameter 'payload\.model'/],
    ['another function', (task, voice) => [task.run(CHARACTERS, { voice }, { function: 'x' })], /Invalid payload data/],
    ['no parameters', (task) => [task.run(CHARACTERS, {}, { parameters: undefined })], /Invalid payload data/],
    ['no voice', (task) => [task.run(CHARACTERS, {})], /Request voice is invalid!/],
    ['a voice of nobody', (task) => [task.run(CHARACTERS, { voice: 'x' })], /^\[tts:\]Engine return error code: 418$/],
    ['a voice of another model', (task, voice) => [task.run(AUDIO_30, { voice })], /error code: 418/],
    ['text before run-task', (task) => [task.text('Hello.')], /no running task/],
    ['finish before run-task', (task) => [task.finish()], /no running task/],
    [
      'two tasks at once',
      (task, voice) => [task.run(CHARACTERS, { voice }), taskOf().run(CHARACTERS, { voice })],
      /already running/,
    ],
    [
      'text of another task',
      (task, voice) => [task.run(CHARACTERS, { voice }), taskOf().text('Hello.')],
      /not of the running task/,
    ],
    [
      'text after finish',
      (task, voice) => [...hello(task, { voice }), task.finish(), task.text('More.')],
      /already finished/,
    ],
    [
      'an empty text',
      (task, voice) => [task.run(CHARACTERS, { voice }), task.text('')],
      /Please ensure input text is valid\./,
    ],
    [
      'no text',
      (task, voice) => [task.run(CHARACTERS, { voice }), task.finish()],
      /Please ensure input text is valid\./,
    ],
    ['a text that is no text', (task, voice) => [task.run(CHARACTERS, { voice }), task.text(7)], /input text is valid/],
    [
      '20,001 characters',
      (task, voice) => [task.run(CHARACTERS, { voice }), task.text('x'.repeat(20_001))],
      /at most 20000/,
    ],
    [
      '10,001 Han characters',
      (task, voice) => [task.run(CHARACTERS, { voice }), task.text('月'.repeat(10_001))],
      /at most 20000/,
    ],
    [
      '200,001 characters in all',
      (task, voice) => [
        task.run(CHARACTERS, { voice }),
        ...Array.from({ length: 11 }, () => task.text('x'.repeat(20_000))),
      ],
      /at most 200000/,
    ],
    [
      'two texts with SSML',
      (task, voice) => [...hello(task, { voice, enable_ssml: true }), task.text('More.')],
      /^Text request limit violated, expected 1\.$/,
    ],
    [
      'an unknown directive',
      (task, voice) => [
        task.run(CHARACTERS, { voice }),
        { header: task.finish().header, payload: { input: { directive: 'x' } } },
      ],
      /directive/,
    ],
    ...(
      [
        ['text_type', 'SSML'],
        ['text_type', undefined],
        ['voice', 7],
        ['format', 'ogg'],
        ['sample_rate', 12_000],
        ['sample_rate', '24000'],
        ['volume', 101],
        ['volume', 1.5],
        ['rate', 0.4],
        ['rate', 2.1],
        ['pitch', '1'],
        ['bit_rate', 5],
        ['enable_ssml', 'true'],
        ['word_timestamp_enabled', 1],
        ['seed', 65_536],
        ['seed', -1],
        ['seed', 1.5],
        ['language_hints', 'en'],
        ['language_hints', ['xx']],
        ['language_hints', ['it']],
        ['instruction', 7],
        ['hot_fix', []],
        ['hot_fix', { replace: 'x' }],
      ] as const
    ).map(
      ([name, value]) =>
        [
          `${name} ${JSON.stringify(value)}`,
          (task: ReturnType<typeof taskOf>, voice: string) => [task.run(CHARACTERS, { voice, [name]: value })],
          new RegExp(name),
        ] as [string, (task: ReturnType<typeof taskOf>, voice: string) => unknown[], RegExp],
    ),
  ])('%s', async (_name, messages, text) => {
    const { client, voice } = await ready();
    const failed = await failure(client, messages(taskOf(), voice));
    expect(failed).toMatchObject({ code: 'InvalidParameter', message: expect.stringMatching(text), closed: 1007 });
  });

  test('a binary frame, a task ID used twice', async () => {
    const { client, voice, simulator } = await ready();
    client.socket.send(Buffer.alloc(3));
    expect((await client.event('task-failed')).header.error_message).toBe('Invalid payload data');
    const again = await open(simulator);
    const { task } = await speak(again, { texts: ['Hello.'], voice });
    expect(await failure(again, [task.run(CHARACTERS, { voice })])).toMatchObject({ message: /used before/ });
    expect(simulator.metrics().inference.tasks).toMatchObject({ run: 2, finished: 1, failed: 2 });
  });

  test('edges that are allowed: 20,000 characters, both ends of every range, Italian for Qwen-Audio', async () => {
    const { client, voice, simulator } = await ready();
    const long = taskOf();
    // Canceled, because so much speech takes long.
    const messages = [long.run(CHARACTERS, { voice }), long.text('x'.repeat(20_000)), long.cancel()];
    for (const message of messages) client.send(message);
    await client.event('task-finished');
    await speak(client, { texts: ['a'], voice, seed: 65_535, volume: 0, rate: 0.5, pitch: 2, bit_rate: 6 });
    await speak(client, { texts: ['a'], voice, seed: 0, volume: 100, rate: 2, pitch: 0.5, bit_rate: 510 });
    const qwen = await voiceOf(simulator, { target_model: AUDIO_30 });
    await speak(client, { model: AUDIO_30, texts: ['a'], voice: qwen, language_hints: ['it'] });
  });
});

describe('SSML', () => {
  test('one text, tags unheard; without enable_ssml it is plain text', async () => {
    const { client, voice } = await ready();
    const spoken = async (text: string, ssml: boolean) =>
      (await speak(client, { texts: [text], voice, enable_ssml: ssml })).ends[0]?.payload.output?.original_text;
    expect(await spoken('<speak>Salt &amp; <b>bread</b></speak>', true)).toBe('Salt & bread');
    expect(await spoken('Is a < b?', true)).toBe('Is a');
    expect(await spoken('<speak>Salt</speak>', false)).toBe('<speak>Salt</speak>');
  });

  test('Qwen-Audio has none, but takes plain text under it, as the SDKs send it', async () => {
    const { client, voice } = await ready({}, AUDIO_30);
    await speak(client, { model: AUDIO_30, texts: ['Hello.'], voice, enable_ssml: true });
    const task = taskOf();
    const messages = [task.run(AUDIO_30, { voice, enable_ssml: true }), task.text('<speak>Hello.</speak>')];
    expect(await failure(client, messages)).toMatchObject({ message: 'SSML text is not supported at the moment!' });
  });
});

test('the handshake needs a key', async () => {
  const simulator = await start({ apiKeys: ['sk-good'] });
  await expect(open(simulator, { key: '' })).rejects.toMatchObject({ status: 401 });
  await expect(open(simulator, { key: 'sk-bad' })).rejects.toMatchObject({ status: 401 });
  await open(simulator, { key: 'sk-good' });
  expect(simulator.metrics().inference.connections).toEqual({ accepted: 1, maxAtOnce: 1 });
  expect(simulator.metrics().realtime).toMatchObject({ sessions: 0, maxInAnyMinute: 0 });
});
