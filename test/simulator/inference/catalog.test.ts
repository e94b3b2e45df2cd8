import { expect, test } from 'vitest';
import type { Simulator } from '../../../src/simulator/server.ts';
import { KEY, start, TOKEN_MODEL } from '../rig.ts';
import { CHARACTERS, TOKENS } from './rig.ts';

interface Answer {
  output: {
    total: number;
    models: { model: string; prices: object[] }[];
    quotas: { model: string; model_limit: object }[];
  };
  request_id: string;
}

async function get(simulator: Simulator, path: string, key = KEY) {
  const response = await fetch(simulator.httpBaseUrl + path, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: (await response.json()) as Answer };
}

test('models: one by name, pages, kinds, and nothing for a name that is not served', async () => {
  const simulator = await start();
  const one = await get(simulator, `/models?model=${CHARACTERS}&page_no=1&page_size=1`);
  expect(one.body).toMatchObject({
    output: {
      total: 1,
      page_no: 1,
      page_size: 1,
      models: [{ model: CHARACTERS, name: CHARACTERS, prices: [{ range_name: 'default' }] }],
    },
    request_id: expect.any(String),
  });
  expect((await get(simulator, '/models?model=nobody')).body.output.models).toEqual([]);
  const all = (await get(simulator, '/models?page_size=100')).body.output.models.map(({ model }) => model);
  expect(all).toHaveLength(10);
  expect((await get(simulator, '/models?page_size=4&page_no=2')).body.output.models.map(({ model }) => model)).toEqual(
    all.slice(4, 8),
  );
  const speech = (await get(simulator, '/models?capabilities=TTS&page_size=100')).body.output.models;
  expect(speech).toHaveLength(7);
  expect(
    (await get(simulator, '/models?capabilities=TTS&capabilities=Realtime-Text-to-Speech')).body.output.total,
  ).toBe(10);
  expect((await get(simulator, '/models?page_no=0')).status).toBe(400);
});

test('limits: of one model, of all', async () => {
  const simulator = await start();
  const limit = { request_limit: 3, request_limit_period: 1, usage_limit: null };
  expect((await get(simulator, `/models/limits?model=${CHARACTERS}`)).body.output.quotas).toEqual([
    {
      model: CHARACTERS,
      workspace_id: expect.any(String),
      model_limit: expect.objectContaining(limit),
      workspace_limit: expect.objectContaining(limit),
    },
  ]);
  expect((await get(simulator, '/models/limits')).body.output.quotas).toHaveLength(10);
  expect(simulator.metrics().inference.catalog).toEqual({ models: 0, limits: 2 });
});

test('a retired model is in neither; a key is needed', async () => {
  const simulator = await start({ apiKeys: [KEY], inference: { retired: [TOKENS, TOKEN_MODEL] } });
  expect((await get(simulator, `/models?model=${TOKENS}`)).body.output.models).toEqual([]);
  expect((await get(simulator, `/models?model=${TOKEN_MODEL}`)).body.output.models).toEqual([]);
  expect((await get(simulator, `/models/limits?model=${TOKENS}`)).body.output.quotas).toEqual([]);
  expect((await get(simulator, '/models', 'sk-bad')).status).toBe(401);
  expect((await get(simulator, '/models/limits', 'sk-bad')).status).toBe(401);
});
