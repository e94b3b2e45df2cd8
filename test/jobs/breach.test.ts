/** A text whose answers break the protocol is paid twice at most, whatever the service did before. */
import { afterEach, expect, it } from 'vitest';
import { synthesize } from '../../jobs/synthesize.ts';
import { billedUnits } from '../../src/models.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { Speaker } from '../../src/speech/engine.ts';
import { type ScriptedServer, sendAudio, startServer } from '../speech/server.ts';
import { type JobFixture, MODEL, openJobFixture } from './job-fixture.ts';

let fixture: JobFixture | undefined;
let server: ScriptedServer | undefined;
let sessions: Speaker | undefined;
afterEach(async () => {
  await sessions?.close();
  await server?.close();
  await fixture?.close();
});

it('is sent once more, and then not again in this run', async () => {
  const sent: string[] = [];
  server = await startServer({
    onSession: (peer) => {
      let text = '';
      peer.send({ type: 'session.created', session: { id: 'sess_1', object: 'realtime.session', model: MODEL } });
      peer.on((event) => {
        if (event.type === 'session.update') peer.send({ type: 'session.updated', session: { id: 'sess_1' } });
        if (event.type === 'input_text_buffer.append') text += event.text ?? '';
        if (event.type !== 'input_text_buffer.commit') return;
        const said = text;
        text = '';
        sent.push(said);
        peer.send({ type: 'input_text_buffer.committed', item_id: '' });
        const [one, two] = [`resp_${sent.length}`, `resp_${sent.length}${said.startsWith('Mixed') ? '_2' : ''}`];
        const tone = Buffer.alloc(24_000);
        for (let at = 0; at < 12_000; at++) tone.writeInt16LE(Math.round(8_000 * Math.sin(at / 10)), at * 2);
        for (const id of [one, two, one]) sendAudio(peer, id, tone);
        const usage = { characters: billedUnits(said) };
        peer.send({ type: 'response.done', response: { id: one, status: 'completed', usage } });
      });
    },
  });
  fixture = await openJobFixture();
  sessions = createSessionPool({ realtimeUrl: server.realtimeUrl, apiKey: 'sk-test', maxSessions: 1, rampMs: 0 });
  const context = { ...fixture.context, sessions };
  const speak = (key: string, text: string, attempt: number) => {
    const of = { character: 'mara', voice: { voiceId: 'ada' }, model: MODEL, languageType: 'English' } as const;
    const place = { kind: 'synthesize', chapter: 1, line: 1, ordinal: 1, sampleRateHz: 24_000 } as const;
    return synthesize({ ...place, ...of, key, text }, { signal: new AbortController().signal, attempt }, context);
  };
  await speak('take-1', 'A line that comes as it should.', 1);
  const before = sent.length;
  const breach = { code: 'protocol-violation' };
  await expect(speak('take-2', 'Mixed up on its way.', 1)).rejects.toMatchObject({ ...breach, retry: 'backoff' });
  await expect(speak('take-2', 'Mixed up on its way.', 2)).rejects.toMatchObject({
    ...breach,
    retry: 'never',
    message: expect.stringContaining('The text was sent 2 times'),
  });
  expect(sent.length - before).toBe(2);
});
