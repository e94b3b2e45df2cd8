/** The other profiles: OpenAI, strict in its fields, and CrispASR with its consent and spoken notices. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../../src/simulator/settings.ts';
import { afterwards, start } from '../rig.ts';
import { post, readEvents, readWav, SAMPLE, send, TEXT, upload } from './rig.ts';

const SPEECH = '/v1/audio/speech';

describe('OpenAI', () => {
  const key = { authorization: 'Bearer sk-any' };
  const strict = (options: SimulatorOptions = {}) => start({ openaiSpeech: { profile: 'openai-strict' }, ...options });
  const good = { input: TEXT, model: 'gpt-4o-mini-tts', voice: 'alloy', response_format: 'wav' };

  test('speaks with a voice or a voice id', async () => {
    const simulator = await strict();
    const one = await post(simulator, SPEECH, good, key);
    expect(one.status).toBe(200);
    expect(readWav(one.bytes)).toMatchObject({ rateHz: 24_000, dataSize: one.bytes.length - 44 });
    expect([...one.headers.keys()].filter((name) => name.startsWith('x-vllm'))).toEqual([]);
    const own = await post(simulator, SPEECH, { ...good, voice: { id: 'voice_1234' }, response_format: 'pcm' }, key);
    expect(own).toMatchObject({ status: 200 });
  });

  test.each([
    [{ seed: 7 }, 'unknown_parameter', 'seed'],
    [{ ref_audio: 'x' }, 'unknown_parameter', 'ref_audio'],
    [{ model: undefined }, 'missing_required_field', 'model'],
    [{ voice: undefined }, 'missing_required_field', 'voice'],
    [{ voice: 'vivian' }, 'invalid_value', 'voice'],
    [{ input: 'x'.repeat(4097) }, 'input_too_long', 'input'],
    [{ response_format: undefined }, 'unsupported_response_format', 'response_format'],
    [{ speed: 0.1 }, 'invalid_speed', 'speed'],
    [{ model: 'tts-1', stream_format: 'sse' }, null, 'stream_format'],
    [{ stream_format: 'x' }, null, 'stream_format'],
  ])('refuses %j with a word as code', async (over, code, param) => {
    const { status, json } = await post(await strict(), SPEECH, { ...good, ...over }, key);
    expect(status).toBe(400);
    expect(json()).toEqual({ error: { message: expect.any(String), type: 'invalid_request_error', code, param } });
  });

  test('needs a key and a model of its own, and has nothing else', async () => {
    const simulator = await strict();
    expect((await post(simulator, SPEECH, good)).json().error).toMatchObject({ code: 'invalid_api_key' });
    const other = await post(simulator, SPEECH, { ...good, model: 'x' }, key);
    expect(other).toMatchObject({ status: 404 });
    expect(other.json().error).toMatchObject({ code: 'model_not_found' });
    for (const path of ['/health', '/openapi.json', '/v1/audio/voices', '/v1/voices']) {
      expect((await send(simulator, path, { headers: key })).status).toBe(404);
    }
    expect((await send(simulator, '/v1/models', { headers: key })).json()['data']).toContainEqual({
      id: 'tts-1',
      object: 'model',
      owned_by: 'openai',
    });
  });

  test('streams events without the fields of vLLM-Omni', async () => {
    const { bytes } = await post(await strict(), SPEECH, { ...good, stream_format: 'sse' }, key);
    const events = readEvents(bytes);
    expect(Object.keys(events[0] ?? {}).sort()).toEqual(['audio', 'name', 'type']);
    expect(Object.keys(events.at(-1)?.usage ?? {})).toEqual(['input_tokens', 'output_tokens', 'total_tokens']);
  });

  test('unknownFields=drop: ignores what it does not know', async () => {
    const simulator = await strict({ openaiSpeech: { profile: 'openai-strict', unknownFields: 'drop' } });
    expect((await post(simulator, SPEECH, { ...good, seed: 7 }, key)).status).toBe(200);
  });
});

describe('CrispASR', () => {
  const crisp = (more: SimulatorOptions['openaiSpeech'] = {}, options: SimulatorOptions = {}) =>
    start({ openaiSpeech: { profile: 'crispasr', ...more }, ...options });
  const recording = { voice: SAMPLE, name: 'mara', consent_attestation: 'She agreed.', transcript: 'What it says.' };
  const good = { input: TEXT, voice: 'mara', seed: 7, consent_attestation: 'She agreed.' };
  const silent = { spoken_disclaimer: false, marking_attestation: 'We mark it.' };

  async function withVoice(more: SimulatorOptions['openaiSpeech'] = {}) {
    const simulator = await crisp(more);
    expect((await upload(simulator, '/v1/voices', recording)).status).toBe(201);
    return simulator;
  }

  test('voices: uploaded with consent, listed at both paths, replaced only by force, deleted', async () => {
    const simulator = await crisp();
    const made = await upload(simulator, '/v1/voices', recording);
    expect(made.status).toBe(201);
    expect(made.json()).toEqual({ name: 'mara', format: 'wav', size_bytes: SAMPLE.length });
    for (const path of ['/v1/voices', '/v1/audio/voices']) {
      const { voices } = (await send(simulator, path)).json();
      expect(voices).toContainEqual({ name: 'mara', format: 'wav' });
      expect(voices).toContainEqual({ name: 'vivian', format: 'gguf' });
    }
    expect((await upload(simulator, '/v1/voices', recording)).status).toBe(409);
    expect((await upload(simulator, '/v1/voices?force=true', recording)).status).toBe(201);
    expect((await send(simulator, '/v1/voices/mara', { method: 'DELETE' })).status).toBe(200);
    const gone = await send(simulator, '/v1/voices/mara', { method: 'DELETE' });
    expect(gone).toMatchObject({ status: 404 });
  });

  test.each([
    ['consent_attestation', '', 'consent_required'],
    ['name', 'a b', 'invalid_voice'],
    ['voice', '', 'missing_required_field'],
  ])('an upload without a good %s is refused', async (field, value, code) => {
    const { status, json } = await upload(await crisp(), '/v1/voices', { ...recording, [field]: value });
    expect(status).toBe(400);
    expect(json().error).toMatchObject({ code });
  });

  test('a clone begins with a spoken notice, unless the caller takes over the marking', async () => {
    const simulator = await withVoice();
    const noticed = await post(simulator, SPEECH, good);
    expect(noticed.headers.get('x-crispasr-spoken-disclaimer')).toBe('applied');
    expect(noticed.headers.get('x-crispasr-marking-warning')).toBeNull();
    expect(noticed.headers.get('x-crispasr-request-id')).toMatch(/./);
    const plain = await post(simulator, SPEECH, { ...good, ...silent });
    expect(plain.headers.get('x-crispasr-spoken-disclaimer')).toBe('skipped');
    expect(noticed.bytes.length - plain.bytes.length).toBeGreaterThan(2 * 48_000);
    expect(noticed.bytes.subarray(-plain.bytes.length + 44).equals(plain.bytes.subarray(44))).toBe(true);
    const denied = await post(simulator, SPEECH, { ...good, spoken_disclaimer: false });
    expect(denied.headers.get('x-crispasr-spoken-disclaimer')).toBe('applied');
    expect(denied.headers.get('x-crispasr-marking-warning')).toMatch(/marking_attestation/);
    expect(denied.bytes.equals(noticed.bytes)).toBe(true);
    const stock = await post(simulator, SPEECH, { input: TEXT });
    expect(stock.headers.get('x-crispasr-spoken-disclaimer')).toBe('skipped');
  });

  test('unattested=refuse: 400 instead of a notice; acceptsMarking: no notice', async () => {
    const call = { ...good, spoken_disclaimer: false };
    const refused = await post(await withVoice({ unattested: 'refuse' }), SPEECH, call);
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.json().error).toMatchObject({ code: 'marking_attestation_required' });
    const accepted = await post(await withVoice({ acceptsMarking: true }), SPEECH, call);
    expect(accepted.headers.get('x-crispasr-spoken-disclaimer')).toBe('skipped');
  });

  test.each([
    [{ consent_attestation: ' ' }, 400, 'consent_required'],
    [{ speaker_identity: 'ghost' }, 400, 'invalid_speaker_identity'],
    [{ voice: '../mara' }, 400, 'invalid_voice'],
    [{ voice: 'nobody' }, 500, 'synthesis_failed'],
    [{ input: '' }, 400, 'missing_required_field'],
    [{ input: 'x'.repeat(4097) }, 400, 'input_too_long'],
    [{ speed: 9 }, 400, 'invalid_speed'],
    [{ response_format: 'ogg' }, 400, 'unsupported_response_format'],
  ])('refuses %j', async (over, status, code) => {
    const simulator = await withVoice();
    const reply = await post(simulator, SPEECH, { ...good, ...over });
    expect(reply.status).toBe(status);
    expect(reply.json().error).toMatchObject({ code });
    expect((await post(simulator, SPEECH, '[')).json().error).toMatchObject({ code: 'invalid_json' });
  });

  test('seeds: the same sound, and 0 is random; languages by code or name; f32; sentences with a pause', async () => {
    const simulator = await withVoice();
    const call = { ...good, ...silent };
    const one = await post(simulator, SPEECH, { ...call, language: 'en' });
    expect((await post(simulator, SPEECH, { ...call, language: 'English' })).bytes.equals(one.bytes)).toBe(true);
    const random = await post(simulator, SPEECH, { ...call, seed: 0 });
    expect((await post(simulator, SPEECH, { ...call, seed: 0 })).bytes.equals(random.bytes)).toBe(false);
    const floats = await post(simulator, SPEECH, { ...call, response_format: 'f32' });
    expect(floats.headers.get('content-type')).toBe('application/octet-stream');
    expect(floats.bytes.length).toBe((one.bytes.length - 44) * 2);
    expect(floats.bytes.readFloatLE(4000) * 32_768).toBe(one.bytes.readInt16LE(44 + 2000));
    const [a, b, both] = await Promise.all(
      ['First one.', 'Second one.', 'First one. Second one.'].map(
        async (input) => readWav((await post(simulator, SPEECH, { ...call, input })).bytes).samples,
      ),
    );
    expect(both?.length).toBe((a?.length ?? 0) + (b?.length ?? 0) + 4800);
  });

  test('health, backends and models change when somebody loads another model', async () => {
    const simulator = await crisp();
    expect((await send(simulator, '/health')).json()).toEqual({ status: 'ok', backend: 'qwen3-tts-1.7b-base' });
    const before = await post(simulator, SPEECH, { input: TEXT, seed: 1 });
    await post(simulator, '/load', { backend: 'chatterbox', model: 'c.gguf' });
    expect((await send(simulator, '/health')).json()).toMatchObject({ backend: 'chatterbox' });
    expect((await send(simulator, '/backends')).json()).toEqual({ backends: ['chatterbox'], active: 'chatterbox' });
    expect((await send(simulator, '/v1/models')).json()['data']).toMatchObject([
      { id: 'c.gguf', backend: 'chatterbox' },
    ]);
    expect((await post(simulator, SPEECH, { input: TEXT, seed: 1 })).bytes.equals(before.bytes)).toBe(false);
  });

  test('a key may come as X-API-Key, and health needs none', async () => {
    const simulator = await crisp({}, { apiKeys: ['right'] });
    expect((await post(simulator, SPEECH, { input: TEXT })).status).toBe(401);
    expect((await post(simulator, SPEECH, { input: TEXT }, { 'x-api-key': 'wrong' })).status).toBe(401);
    expect((await post(simulator, SPEECH, { input: TEXT }, { 'x-api-key': 'right' })).status).toBe(200);
    expect((await send(simulator, '/health')).status).toBe(200);
  });
});

test('uploaded voices survive a restart, and a damaged list is reported', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'simulator-'));
  afterwards(() => rm(stateDir, { recursive: true }));
  const first = await start({ stateDir });
  await upload(first, '/v1/audio/voices', { audio_sample: SAMPLE, consent: 'c', name: 'mara' });
  const call = { input: TEXT, voice: 'mara', seed: 1 };
  const before = await post(first, SPEECH, call);
  await first.close();
  const second = await start({ stateDir });
  expect((await post(second, SPEECH, call)).bytes.equals(before.bytes)).toBe(true);
  await second.reset();
  expect((await post(second, SPEECH, call)).status).toBe(400);
  await writeFile(join(stateDir, 'uploaded-voices.json'), '{}');
  await expect(start({ stateDir })).rejects.toMatchObject({ code: 'store-damaged' });
});
