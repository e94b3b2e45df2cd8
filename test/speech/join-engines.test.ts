import { expect, test } from 'vitest';
import { type ErrorCode, PipelineError } from '../../src/errors.ts';
import type { EngineName } from '../../src/models/model.ts';
import type { Engine, EnrolmentClient } from '../../src/speech/engine.ts';
import { joinEngines } from '../../src/speech/join-engines.ts';

const refusal = (code: ErrorCode) => new PipelineError({ code, message: code, retry: 'never' });

/** An engine with these voices, or one that refuses to list and to delete. */
function engine(name: EngineName, voices: readonly string[] | ErrorCode, deleted: string[] = []): Engine {
  const refuse = async (): Promise<never> => Promise.reject(refusal('service-refused'));
  const enrolment: EnrolmentClient = {
    create: async ({ model }) => ({ voiceId: `${name} ${model}`, simulated: true }),
    list: refuse,
    listAll: async () => {
      if (typeof voices === 'string') throw refusal(voices);
      return voices.map((voiceId) => ({ voiceId, model: '', createdAt: '' }));
    },
    findByName: refuse,
    async delete(voiceId) {
      if (!voices.includes(voiceId)) throw refusal('voice-not-found');
      deleted.push(`${name} ${voiceId}`);
      return { simulated: true };
    },
    counts: () => ({ enroll: 1, list: 2, delete: 0 }),
  };
  const stats = () => ({ open: 1, busy: 0, opened: 1, spoken: 0, commits: 3, throttled: 0 });
  return { name, enrolment, speaker: { speak: refuse, stats, close: async () => undefined } };
}

function join(
  realtime: readonly string[] | ErrorCode,
  inference: readonly string[] | ErrorCode,
  deleted: string[] = [],
) {
  return joinEngines(
    {
      'dashscope-realtime': () => engine('dashscope-realtime', realtime, deleted),
      'dashscope-inference': () => engine('dashscope-inference', inference, deleted),
    },
    'dashscope-realtime',
  );
}

test('the model of a request chooses the engine, and one that is not needed is never made', async () => {
  const joined = join([], []);
  const request = { preferredName: 'v', audio: { url: 'https://a.example/a.wav' } };
  expect(joined.enrolment.counts()).toEqual({ enroll: 0, list: 0, delete: 0 });
  const made = await joined.enrolment.create({ ...request, model: 'cosyvoice-v3-flash' });
  expect(made.voiceId).toBe('dashscope-inference cosyvoice-v3-flash');
  expect(joined.enrolment.counts()).toEqual({ enroll: 1, list: 2, delete: 0 });
  expect((await joined.enrolment.create({ ...request, model: 'of another version' })).voiceId).toContain('realtime');
  expect(joined.sessions.stats()).toMatchObject({ open: 2, commits: 6 });
});

test('voices of all engines are listed; one that has gone has none, but a refusal of all is told', async () => {
  const ids = async (joined: ReturnType<typeof join>) =>
    (await joined.enrolment.listAll()).map(({ voiceId }) => voiceId);
  expect(await ids(join(['a'], ['b', 'c']))).toEqual(['a', 'b', 'c']);
  expect(await ids(join('service-refused', ['b']))).toEqual(['b']);
  await expect(join('service-refused', 'service-refused').enrolment.listAll()).rejects.toMatchObject({
    code: 'service-refused',
  });
  await expect(join('key-refused', ['b']).enrolment.listAll()).rejects.toMatchObject({ code: 'key-refused' });
});

test('a voice is deleted where it was listed, otherwise where it is', async () => {
  const deleted: string[] = [];
  const joined = join(['a'], ['b'], deleted);
  await joined.enrolment.delete('b');
  await joined.enrolment.listAll();
  await joined.enrolment.delete('a');
  expect(deleted).toEqual(['dashscope-inference b', 'dashscope-realtime a']);
  await expect(joined.enrolment.delete('c')).rejects.toMatchObject({ code: 'voice-not-found' });
});
