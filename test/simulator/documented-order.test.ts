/** The session of the public documents, written down frame by frame: the simulator must send it so, our client must take it so. */
import { expect, test } from 'vitest';
import { COMMIT_BLOCK, RESPONSE_FIELDS } from './documented-order.ts';
import { CHARACTER_MODEL, connect, enrolled, start } from './rig.ts';

test('commit mode, frame by frame as the documents give it', async () => {
  const simulator = await start();
  const voice = await enrolled(simulator, { target_model: CHARACTER_MODEL });
  const client = await connect(simulator, { model: CHARACTER_MODEL });
  await client.wait('session.created');
  client.send({
    type: 'session.update',
    session: { voice, mode: 'commit', language_type: 'Chinese', response_format: 'pcm', sample_rate: 24_000 },
  });
  await client.wait('session.updated');
  client.say('您好，我是千问。');
  await client.wait('response.done');
  client.send({ type: 'session.finish' });
  expect((await client.closed).code).toBe(1000);

  expect(client.types()).toEqual(['session.created', 'session.updated', ...COMMIT_BLOCK, 'session.finished']);
  for (const event of client.events) {
    expect(Object.keys(event).sort(), event.type).toEqual(RESPONSE_FIELDS[event.type]);
    expect(event['event_id']).toMatch(/^event_\w{21}$/);
  }
  const [created, updated, committed, responseCreated] = client.events;
  expect(created).toMatchObject({
    session: {
      object: 'realtime.session',
      mode: 'server_commit',
      model: CHARACTER_MODEL,
      voice: 'Cherry',
      response_format: 'pcm',
      sample_rate: 24_000,
      id: expect.stringMatching(/^sess_\w{21}$/),
    },
  });
  expect(updated).toMatchObject({
    session: { voice, mode: 'commit', language_type: 'Chinese', response_format: 'pcm', sample_rate: 24_000 },
  });
  expect(committed).toMatchObject({ item_id: '' });
  expect(responseCreated).toMatchObject({
    response: { object: 'realtime.response', conversation_id: '', status: 'in_progress', voice, output: [] },
  });
  expect(client.events.at(-2)).toMatchObject({
    response: {
      status: 'completed',
      modalities: ['text', 'audio'],
      voice,
      output: [{ object: 'realtime.item', type: 'message', status: 'completed', role: 'assistant' }],
      // Six characters of Chinese at two each, and two marks.
      usage: { characters: 14 },
    },
  });
});
