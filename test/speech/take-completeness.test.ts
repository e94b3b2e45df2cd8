/** A service that answers one text with several responses, and services that count in ways of their own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { billedUnits } from '../../src/models.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { ShortCount, Speaker, SpokenTake, Usage } from '../../src/speech/engine.ts';
import { type Peer, type ScriptedServer, sendAudio, startServer } from './server.ts';

let server: ScriptedServer | undefined;
let pool: Speaker | undefined;

afterEach(async () => {
  await pool?.close();
  await server?.close();
});

interface Ways {
  /** The parts of a text, each in a response of its own. */
  parts?: (text: string) => string[];
  count?: (part: string) => Usage | undefined;
  /** Before each response. */
  delayMs?: number;
  /** When a commit is confirmed. */
  confirms?: 'at once' | 'in its turn' | 'never';
}

/** Its sound is its text: one sample for each character. */
const soundOf = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** One thing after the other, as a careful server would do it; a finished session delivers what is left. */
async function serve({ parts = (text) => [text], count, delayMs = 0, confirms = 'at once' }: Ways) {
  let commits = 0;
  let responses = 0;
  const onSession = (peer: Peer): void => {
    peer.send({ type: 'session.created', session: { id: 'sess_1', object: 'realtime.session', model: 'm' } });
    let text = '';
    let work = Promise.resolve();
    const confirm = (when: Ways['confirms']) => {
      if (confirms === when) peer.send({ type: 'input_text_buffer.committed', item_id: '' });
    };
    const speak = async (whole: string): Promise<void> => {
      confirm('in its turn');
      for (const part of parts(whole)) {
        await sleep(delayMs);
        responses += 1;
        const id = `resp_${responses}`;
        peer.send({ type: 'response.created', response: { id, status: 'in_progress' } });
        sendAudio(peer, id, soundOf(part));
        const usage = count?.(part);
        peer.send({ type: 'response.done', response: { id, status: 'completed', ...(usage && { usage }) } });
      }
    };
    peer.on((event) => {
      if (event.type === 'session.update') peer.send({ type: 'session.updated', session: { id: 'sess_1' } });
      if (event.type === 'input_text_buffer.append') text += event.text ?? '';
      if (event.type === 'input_text_buffer.commit') {
        commits += 1;
        confirm('at once');
        const whole = text;
        text = '';
        work = work.then(() => speak(whole));
      }
      if (event.type === 'session.finish') {
        work = work.then(() => {
          peer.send({ type: 'session.finished' });
          peer.socket.close(1000);
        });
      }
    });
  };
  server = await startServer({ onSession });
  pool = createSessionPool({
    realtimeUrl: server.realtimeUrl,
    apiKey: 'sk-test',
    maxSessions: 2,
    rampMs: 0,
    listenMs: 60,
  });
  return { speaker: pool, commits: () => commits, sessions: server.sessions };
}

/** Speaks a text and returns what is heard. */
async function say(speaker: Speaker, text: string): Promise<{ heard: string; take: SpokenTake; told: unknown[] }> {
  let pieces: Buffer[] = [];
  const told: (ShortCount | undefined)[] = [];
  const take = await speaker.speak(
    { model: 'm', voiceId: 'ada', languageType: 'English', sampleRateHz: 24_000, text },
    {
      onCommit: () => {
        pieces = [];
      },
      onAudio: (piece) => void pieces.push(piece),
      onDoubt: (doubt) => told.push(doubt),
    },
  );
  const sound = Buffer.concat(pieces);
  expect(take.byteLength).toBe(sound.length);
  return { heard: sound.toString('utf16le'), take, told };
}

const sentences = (text: string): string[] => text.match(/[^.]+\.\s*/g) ?? [text];
const documented = (part: string): Usage => ({ characters: billedUnits(part) });
const tokens = (part: string): Usage => {
  const input_tokens = Math.ceil(part.length / 4);
  return { total_tokens: input_tokens + 50, input_tokens, output_tokens: 50 };
};
const TWO = ['One line of it. And its rest.', 'A second line. It has more.', 'Third words. Third end.'];
const LINES = [
  ...TWO,
  'Fourth one. It ends.',
  'Fifth.',
  'The sixth goes on. Until here.',
  'Seven. Eight.',
  'Nine. Ten.',
];

describe('one text answered by two responses', () => {
  test.each<[string, Ways]>([
    ['is told by its count', { count: documented }],
    ['is told by its count, whatever the order', { count: documented, confirms: 'never' }],
    ['without a count is found by the end of the session', { confirms: 'in its turn' }],
    ['without any sign is found by the end of the session', { confirms: 'never' }],
  ])('%s: every take is whole, nothing is sent twice', async (_name, ways) => {
    const { speaker, commits } = await serve({ ...ways, parts: sentences, delayMs: 30 });
    const said = await Promise.all(LINES.map((line) => say(speaker, line)));
    expect(said.map(({ heard }) => heard)).toEqual(LINES);
    expect(commits()).toBe(LINES.length);
    expect(said.flatMap(({ take }) => take.shortCount ?? [])).toEqual([]);
  });

  test('the usage is that of all responses', async () => {
    const { speaker } = await serve({ count: documented, parts: sentences });
    const { take } = await say(speaker, 'One line of it. And its rest.');
    expect(take.usage).toEqual({ characters: billedUnits('One line of it. And its rest.') });
  });

  test('by a service that counts tokens: the rest never gets into another take, and the take before it is told', async () => {
    const { speaker, commits } = await serve({
      count: tokens,
      confirms: 'in its turn',
      delayMs: 30,
      // The first text is one response: the session gets trusted.
      parts: (text) => (text === 'Fine.' ? [text] : sentences(text)),
    });
    await say(speaker, 'Fine.');
    const [cut, second, third] = [
      await say(speaker, TWO[0] ?? ''),
      await say(speaker, TWO[1] ?? ''),
      await say(speaker, TWO[2] ?? ''),
    ];
    expect(cut.told[0]).toBe(undefined);
    expect(cut.told.length).toBeGreaterThan(0);
    expect([second.heard, third.heard]).toEqual(TWO.slice(1));
    // Only the text that was under way was sent again.
    expect(commits()).toBe(5);
  });
});

describe('a way of counting is learned, not paid for', () => {
  const long = (index: number): string =>
    `Line ${index} says ${'a word or so, '.repeat(index % 9)}and ends${index % 4 === 0 ? ' 在这里' : ''}.`;

  test.each<[string, Ways['count']]>([
    ['no count', undefined],
    ['a count of zero', () => ({ characters: 0 })],
    ['half of the documented count', (part) => ({ characters: Math.round(billedUnits(part) / 2) })],
    ['three times the documented count', (part) => ({ characters: billedUnits(part) * 3 })],
    ['a Chinese character as one', (part) => ({ characters: part.length })],
    ['letters without spaces', (part) => ({ characters: part.replace(/\s/g, '').length })],
    ['tokens', tokens],
    ['always the same count', () => ({ characters: 7 })],
  ])(
    '%s: 200 lines, 200 texts, no doubt',
    async (_name, count) => {
      const { speaker, commits, sessions } = await serve({ ...(count && { count }) });
      const said: Awaited<ReturnType<typeof say>>[] = [];
      const lines = Array.from({ length: 200 }, (_, index) => long(index));
      const rest = lines.values();
      await Promise.all(
        ['a', 'b'].map(async () => {
          for (const line of rest) said.push(await say(speaker, line));
        }),
      );
      expect(commits()).toBe(200);
      expect(said.flatMap(({ take, told }) => [...(take.shortCount ? [take.shortCount] : []), ...told])).toEqual([]);
      expect(sessions()).toBeLessThan(20);
    },
    60_000,
  );

  test('then a count that is too low is a doubt, once told the same again it is the way of the service', async () => {
    let lost = 0;
    const { speaker } = await serve({
      count: (part) => {
        const isLossy = part.startsWith('Lossy');
        if (isLossy) lost += 1;
        return { characters: Math.round((billedUnits(part) * (isLossy ? 0.6 : 1)) / 2) };
      },
    });
    for (let index = 1; index < 6; index += 1) await say(speaker, long(index));
    const text = 'Lossy is the word for a line that loses its last words every time.';
    const first = await say(speaker, text);
    expect(first.take.shortCount).toEqual({ counted: 20, expected: 34 });
    await say(speaker, text);
    for (const more of ['Lossy two is such a line as well.', 'Lossy three is such a line as well.'])
      for (let tries = 0; tries < 2; tries += 1) expect((await say(speaker, more)).take.shortCount).toBeDefined();
    expect((await say(speaker, 'Lossy four is such a line as well.')).take.shortCount).toBeUndefined();
    expect(lost).toBe(7);
  });
});

describe('a service that mixes two responses to each text', () => {
  /** `whole` texts are answered as they should be. */
  async function mixing(whole: (text: string) => boolean) {
    let commits = 0;
    server = await startServer({
      onSession: (peer) => {
        let text = '';
        peer.send({ type: 'session.created', session: { id: 'sess_1', object: 'realtime.session', model: 'm' } });
        peer.on((event) => {
          if (event.type === 'session.update') peer.send({ type: 'session.updated', session: { id: 'sess_1' } });
          if (event.type === 'input_text_buffer.append') text += event.text ?? '';
          if (event.type !== 'input_text_buffer.commit') return;
          commits += 1;
          const said = text;
          text = '';
          const [one, two] = [`resp_${commits}`, whole(said) ? `resp_${commits}` : `resp_${commits}_2`];
          peer.send({ type: 'input_text_buffer.committed', item_id: '' });
          for (const id of [one, two, one, two]) sendAudio(peer, id, soundOf('word '));
          const usage = { characters: billedUnits(said) };
          for (const id of new Set([one, two]))
            peer.send({ type: 'response.done', response: { id, status: 'completed', usage } });
        });
      },
    });
    pool = createSessionPool({ realtimeUrl: server.realtimeUrl, apiKey: 'sk-test', maxSessions: 2, rampMs: 0 });
    return { speaker: pool, commits: () => commits };
  }
  const failures = async (speaker: Speaker, lines: readonly string[]): Promise<unknown[]> => {
    const failed: unknown[] = [];
    for (const line of lines) await say(speaker, line).catch((error) => failed.push(error));
    return failed;
  };

  test('is not sent a fourth one when the first three were lost', async () => {
    const { speaker, commits } = await mixing(() => false);
    const failed = await failures(speaker, LINES);
    expect(commits()).toBe(3);
    expect(failed).toHaveLength(LINES.length);
    expect(failed[0]).toMatchObject({ code: 'protocol-violation', retry: 'backoff' });
    expect(failed[3]).toMatchObject({ code: 'protocol-violation', retry: 'never' });
    expect(String(failed[3])).toContain('two interleaved responses. So did each of its first 3 answers');
  });

  test('is sent all texts when it was understood once', async () => {
    const { speaker, commits } = await mixing((text) => text === LINES[0]);
    await failures(speaker, LINES);
    expect(commits()).toBe(LINES.length);
  });
});
