/** vLLM-Omni with Qwen3-TTS Base: what its page on the speech API says, and what its source says. */
import { describe, expect, test } from 'vitest';
import { estimatePitchHz } from '../../../src/simulator/pitch.ts';
import { dataUri, speechLike, start, wav } from '../rig.ts';
import { CLONE, OTHER_SAMPLE, post, readEvents, readWav, SAMPLE, send, speak, TEXT, upload } from './rig.ts';

const count = (headers: Headers, name: string) => Number(headers.get(`x-vllm-omni-${name}-tokens`));
const pitchOf = (bytes: Buffer) => estimatePitchHz(readWav(bytes).samples, 24_000) ?? 0;

describe('the sound', () => {
  test('is a complete WAV file at 24 kHz in the voice of the sample, with counts', async () => {
    const simulator = await start();
    const { status, headers, bytes } = await speak(simulator);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('audio/wav');
    expect(headers.get('x-simulated-by')).toBe('narration-pipeline');
    expect(Number(headers.get('content-length'))).toBe(bytes.length);
    const { tag, riffSize, dataSize, rateHz, samples } = readWav(bytes);
    expect({ tag, riffSize, dataSize, rateHz }).toEqual({
      tag: 'RIFF',
      riffSize: bytes.length - 8,
      dataSize: bytes.length - 44,
      rateHz: 24_000,
    });
    expect(Math.abs(Math.log2(pitchOf(bytes) / 120))).toBeLessThan(0.15);
    // 1.6 seconds of the sample, 12.5 frames each.
    expect(count(headers, 'input-audio')).toBe(20);
    expect(count(headers, 'input')).toBe(count(headers, 'input-text') + 20);
    expect(count(headers, 'output')).toBe(Math.ceil((samples.length / 24_000) * 12.5));
    expect(count(headers, 'total')).toBe(count(headers, 'input') + count(headers, 'output'));
  });

  test('a sample that comes with each text is decoded once', async () => {
    let decoded = 0;
    const { samples: pcm } = readWav(SAMPLE);
    const decodeSample = async () => {
      decoded += 1;
      return { pcm, sampleRateHz: 16_000, channels: 1, sourceSampleRateHz: 16_000, durationSeconds: 1.6 };
    };
    const simulator = await start({ decodeSample });
    const ref_audio = dataUri(Buffer.from('ID3 and so on'), 'audio/mpeg');
    for (const input of [TEXT, `${TEXT} Another.`])
      expect((await speak(simulator, { input, ref_audio })).status).toBe(200);
    expect(decoded).toBe(1);
  });

  test('is the same for the same seed, text and sample, on another server too, and different for others', async () => {
    const simulator = await start();
    const { bytes } = await speak(simulator);
    expect((await speak(simulator)).bytes.equals(bytes)).toBe(true);
    expect((await speak(await start())).bytes.equals(bytes)).toBe(true);
    expect((await speak(simulator, { seed: 8 })).bytes.equals(bytes)).toBe(false);
    expect((await speak(simulator, { ref_audio: dataUri(OTHER_SAMPLE) })).bytes.equals(bytes)).toBe(false);
    const unseeded = await speak(simulator, { seed: undefined });
    expect((await speak(simulator, { seed: undefined })).bytes.equals(unseeded.bytes)).toBe(false);
  });

  test('resembles the sample less from the vector alone, and then no audio tokens are counted', async () => {
    const simulator = await start();
    const whole = pitchOf((await speak(simulator)).bytes);
    for (const over of [{ ref_text: undefined }, { x_vector_only_mode: true }]) {
      const { headers, bytes } = await speak(simulator, over);
      expect(count(headers, 'input-audio')).toBe(0);
      expect(pitchOf(bytes) / whole).toBeGreaterThan(1.01);
    }
  });

  test('has the rate and format that are asked for', async () => {
    const simulator = await start();
    const { bytes } = await speak(simulator, { sample_rate: 16_000 });
    expect(readWav(bytes).rateHz).toBe(16_000);
    const pcm = await speak(simulator, { sample_rate: 16_000, response_format: 'pcm' });
    expect(pcm.headers.get('content-type')).toBe('audio/pcm');
    expect(pcm.bytes.equals(readWav(bytes).data)).toBe(true);
    expect(readWav((await speak(simulator, { response_format: undefined })).bytes).tag).toBe('RIFF');
  });

  test('is faster with speed', async () => {
    const simulator = await start();
    const [plain, fast] = await Promise.all([speak(simulator), speak(simulator, { speed: 2 })]);
    expect(plain.bytes.length / fast.bytes.length).toBeCloseTo(2, 0);
  });

  test('ends where max_new_tokens ends, in the middle of the text', async () => {
    const simulator = await start();
    const { headers, bytes } = await speak(simulator, { max_new_tokens: 25 });
    expect(readWav(bytes).samples.length).toBe(48_000);
    expect(count(headers, 'output')).toBe(25);
  });

  test('comes from an embedding, or from references, as well', async () => {
    const simulator = await start();
    const plain = { ref_audio: undefined, ref_text: undefined };
    const embedding = (value: number) => ({ ...plain, speaker_embedding: Array.from({ length: 2048 }, () => value) });
    const one = await speak(simulator, embedding(0.1));
    expect(one.status).toBe(200);
    expect((await speak(simulator, embedding(0.2))).bytes.equals(one.bytes)).toBe(false);
    const references = [{ audio_path: CLONE.ref_audio, text: CLONE.ref_text }];
    expect((await speak(simulator, { ...plain, references })).bytes.equals((await speak(simulator)).bytes)).toBe(true);
  });
});

test('unknown and misspelt fields are dropped in silence: 200, and a voice of the server', async () => {
  const simulator = await start();
  const misspelt = { input: TEXT, reference_audio: CLONE.ref_audio, reference_text: 'x', seed: 7 };
  const one = await post(simulator, '/v1/audio/speech', misspelt);
  expect(one.status).toBe(200);
  expect(count(one.headers, 'input-audio')).toBe(0);
  const other = await post(simulator, '/v1/audio/speech', { ...misspelt, reference_audio: dataUri(OTHER_SAMPLE) });
  expect(other.bytes.equals(one.bytes)).toBe(true);
});

describe('refuses with its own error', () => {
  const LONG = wav(speechLike({ seconds: 31, rateHz: 8_000 }), { rateHz: 8_000 });
  const SHORT = wav(speechLike({ seconds: 0.9 }));
  test.each([
    [{ input: '' }, /Input text cannot be empty/],
    [{ input: undefined }, /input/],
    [{ input: 3 }, /input/],
    [{ ref_audio: dataUri(SHORT) }, /too short/],
    [{ ref_audio: dataUri(LONG) }, /too long/],
    [{ ref_audio: 'https://example.com/a.wav' }, /download/],
    [{ ref_audio: 'file:///etc/passwd' }, /allowed-local-media-path/],
    [{ ref_audio: 'data:audio/wav;base64,???' }, /data URI/],
    [{ ref_audio: dataUri(Buffer.from('no audio at all')) }, /decode/],
    [{ ref_audio: undefined, ref_text: undefined }, /requires 'ref_audio'/],
    [{ language: 'en' }, /Invalid language/],
    [{ language: 'Indonesian' }, /Invalid language/],
    [{ response_format: 'ogg' }, /response_format/],
    [{ response_format: 'mp3' }, /The simulator makes wav and pcm only/],
    [{ speed: 5 }, /speed/],
    [{ sample_rate: 0 }, /sample_rate/],
    [{ max_new_tokens: 4097 }, /max_new_tokens/],
    [{ seed: 1.5 }, /seed/],
    [{ instructions: 'x'.repeat(501) }, /Instructions too long/],
    [{ task_type: 'CustomVoice' }, /Base checkpoint does not support task_type='CustomVoice'/],
    [{ task_type: 'Song' }, /task_type/],
    [{ ref_audio: undefined, ref_text: undefined, task_type: undefined, voice: 'nobody' }, /Invalid speaker/],
    [{ speaker_embedding: [1, 2] }, /exclude/],
    [{ ref_audio: undefined, speaker_embedding: [1, 2] }, /2048/],
    [{ references: [] }, /exactly one/],
    [{ word_timestamps: true }, /forced-aligner/],
    [{ stream: true, speed: 1.5 }, /speed 1/],
    [{ stream_format: 'chunks' }, /stream_format/],
  ])('%j', async (over, message) => {
    const { status, json } = await speak(await start(), over);
    expect(status).toBe(400);
    expect(json().error).toMatchObject({ type: 'BadRequestError', code: 400, message: expect.stringMatching(message) });
  });

  test('another model: 404', async () => {
    const { status, json } = await speak(await start(), { model: 'xxx' });
    expect(status).toBe(404);
    expect(json().error).toMatchObject({
      message: 'The model `xxx` does not exist.',
      type: 'NotFoundError',
      code: 404,
    });
  });

  test('bodies that are not JSON, not declared as JSON, or too large', async () => {
    const simulator = await start();
    expect((await post(simulator, '/v1/audio/speech', '{')).status).toBe(400);
    expect((await post(simulator, '/v1/audio/speech', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send(simulator, '/v1/nothing')).json()).toEqual({ detail: 'Not Found' });
  });

  test('a checkpoint without cloning', async () => {
    const model = 'Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice';
    const simulator = await start({ openaiSpeech: { model } });
    expect((await speak(simulator, { task_type: undefined })).json().error?.message).toMatch(
      /^Qwen3-TTS CustomVoice checkpoint does not support task_type='Base'/,
    );
    expect((await post(simulator, '/v1/audio/speech', { input: TEXT, voice: 'ryan', model })).status).toBe(200);
  });
});

describe('a stream', () => {
  const pcm = { response_format: 'pcm' };

  test.each([[{ stream: true }], [{ stream_format: 'sse' }]])('%j: deltas, then done with the usage', async (over) => {
    const simulator = await start();
    const { headers, bytes } = await speak(simulator, { ...pcm, ...over });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const events = readEvents(bytes);
    expect(events.every(({ name, type }) => name === type)).toBe(true);
    const deltas = events.slice(0, -1);
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.every((one) => one.type === 'speech.audio.delta' && one.response_format === 'pcm')).toBe(true);
    const sound = Buffer.concat(deltas.map(({ audio = '' }) => Buffer.from(audio, 'base64')));
    expect(sound.equals((await speak(simulator, pcm)).bytes)).toBe(true);
    expect(events.at(-1)).toMatchObject({
      type: 'speech.audio.done',
      usage: { output_tokens: Math.ceil((sound.length / 48_000) * 12.5), input_token_details: { audio_tokens: 20 } },
    });
  });

  test('of a WAV file has sizes that say nothing', async () => {
    const simulator = await start();
    const { headers, bytes } = await speak(simulator, { stream: true, stream_format: 'audio' });
    expect(headers.get('content-length')).toBeNull();
    expect(readWav(bytes)).toMatchObject({ riffSize: 0xffff_ffff, dataSize: 0xffff_ffff });
    expect(readWav(bytes).data.equals(readWav((await speak(simulator)).bytes).data)).toBe(true);
  });
});

describe('word times', () => {
  test('cover the speech, in a header of ASCII', async () => {
    const simulator = await start({ openaiSpeech: { forcedAligner: true } });
    const { headers, bytes } = await speak(simulator, { input: 'Müller sagt 你好.', word_timestamps: true });
    const header = headers.get('x-word-timestamps') ?? '';
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    const words = JSON.parse(header) as { word: string; start_ms: number; end_ms: number }[];
    expect(words.map(({ word }) => word)).toEqual(['Müller', 'sagt', '你', '好']);
    expect(words[0]?.start_ms).toBe(0);
    expect(words.at(-1)?.end_ms).toBe(Math.round(readWav(bytes).samples.length / 24));
    expect(words.slice(1).every(({ start_ms }, at) => start_ms === words[at]?.end_ms)).toBe(true);
  });

  test('are left out past 4 KB, and refused in a stream', async () => {
    const simulator = await start({ openaiSpeech: { forcedAligner: true } });
    const { headers } = await speak(simulator, { input: 'word '.repeat(120), word_timestamps: true });
    expect(headers.get('x-word-timestamps')).toBeNull();
    expect(headers.get('x-word-timestamps-omitted')).not.toBeNull();
    expect((await speak(simulator, { word_timestamps: true, stream: true })).status).toBe(400);
  });
});

test('a batch answers every item, also the failed ones', async () => {
  const simulator = await start();
  const { input: _input, ...defaults } = CLONE;
  const items = [{ input: TEXT }, { input: '' }, { input: 'Short.', response_format: 'pcm' }];
  const { status, json } = await post(simulator, '/v1/audio/speech/batch', { ...defaults, items });
  expect(status).toBe(200);
  const { results, ...rest } = json();
  expect(rest).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
  const [first, second, third] = results as Record<string, unknown>[];
  const alone = await speak(simulator);
  expect(Buffer.from(String(first?.['audio_data']), 'base64').equals(alone.bytes)).toBe(true);
  expect(first).toMatchObject({ index: 0, status: 'success', media_type: 'audio/wav' });
  expect(second).toEqual({ index: 1, status: 'error', error: 'Input text cannot be empty' });
  expect(third).toMatchObject({ index: 2, media_type: 'audio/pcm' });
  expect((await post(simulator, '/v1/audio/speech/batch', { ...defaults, items: [] })).status).toBe(400);
});

describe('what it says about itself', () => {
  test('models, health and fields', async () => {
    const simulator = await start();
    expect((await send(simulator, '/v1/models')).json()).toMatchObject({
      object: 'list',
      data: [{ id: 'Qwen/Qwen3-TTS-12Hz-1.7B-Base', object: 'model', owned_by: 'vllm' }],
    });
    expect(await send(simulator, '/health')).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
    const { components } = (await send(simulator, '/openapi.json')).json() as Record<string, never>;
    expect(components).toMatchObject({ schemas: { OpenAICreateSpeechRequest: { properties: { seed: {} } } } });
  });

  test('a key is checked where there is a list of them, but not for health', async () => {
    const simulator = await start({ apiKeys: ['right'] });
    const denied = await speak(simulator, {}, { authorization: 'Bearer wrong' });
    expect(denied).toMatchObject({ status: 401 });
    expect(denied.json()).toEqual({ error: 'Unauthorized' });
    expect((await speak(simulator)).status).toBe(401);
    expect((await speak(simulator, {}, { authorization: 'Bearer right' })).status).toBe(200);
    expect((await send(simulator, '/health')).status).toBe(200);
  });
});

describe('voices', () => {
  const good = { audio_sample: SAMPLE, consent: 'c-1', name: 'Mara', ref_text: 'What the sample says.' };
  const path = '/v1/audio/voices';

  test('are uploaded, listed, spoken with as with the sample itself, and deleted', async () => {
    const simulator = await start();
    const { status, json } = await upload(simulator, path, { ...good, speaker_description: 'warm' });
    expect(status).toBe(200);
    const voice = { name: 'Mara', consent: 'c-1', file_size: SAMPLE.length, mime_type: 'audio/wav' };
    expect(json()).toMatchObject({ success: true, voice });
    const list = (await send(simulator, path)).json();
    expect(list['voices']).toContain('Mara');
    expect(list['voices']).toContain('vivian');
    expect(list['uploaded_voices']).toMatchObject([{ ...voice, ref_text: good.ref_text, speaker_description: 'warm' }]);
    const named = await post(simulator, '/v1/audio/speech', {
      input: TEXT,
      voice: 'mara',
      seed: 7,
      language: 'English',
    });
    expect(named.bytes.equals((await speak(simulator)).bytes)).toBe(true);
    const byId = await post(simulator, '/v1/audio/speech', { input: TEXT, voice: { id: 'MARA' }, seed: 7 });
    expect(count(byId.headers, 'input-audio')).toBe(20);
    expect((await send(simulator, `${path}/mara`, { method: 'DELETE' })).json()).toMatchObject({ success: true });
    const gone = await send(simulator, `${path}/mara`, { method: 'DELETE' });
    expect(gone.status).toBe(404);
    expect(gone.json()).toEqual({ success: false, error: "Voice 'mara' not found" });
    expect((await send(simulator, path, { method: 'PATCH' })).status).toBe(405);
  });

  test('of one name overwrite each other in silence', async () => {
    const simulator = await start();
    await upload(simulator, path, good);
    const call = { input: TEXT, voice: 'mara', seed: 7 };
    const first = await post(simulator, '/v1/audio/speech', call);
    expect((await upload(simulator, path, { ...good, name: 'MARA', audio_sample: OTHER_SAMPLE })).status).toBe(200);
    expect((await post(simulator, '/v1/audio/speech', call)).bytes.equals(first.bytes)).toBe(false);
    expect((await send(simulator, path)).json()['uploaded_voices']).toHaveLength(1);
  });

  test.each([
    ['audio_sample', ''],
    ['audio_sample', Buffer.from('no audio')],
    ['audio_sample', Buffer.alloc(10 * 1024 * 1024 + 1)],
    ['audio_sample', wav(speechLike({ seconds: 0.5 }))],
    ['consent', ''],
    ['name', ''],
    ['name', '../mara'],
  ])('need a good %s', async (field, value) => {
    const { status, json } = await upload(await start(), path, { ...good, [field]: value });
    expect(status).toBe(400);
    expect(json().error).toMatchObject({ param: field });
  });

  test('need a form, and room', async () => {
    const simulator = await start({ limits: { voices: 1 } });
    expect((await post(simulator, path, {})).status).toBe(400);
    expect((await upload(simulator, path, good)).status).toBe(200);
    expect((await upload(simulator, path, { ...good, name: 'other' })).status).toBe(400);
    expect((await upload(simulator, path, good)).status).toBe(200);
  });
});
