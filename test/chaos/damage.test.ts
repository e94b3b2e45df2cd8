/** A store whose files were damaged behind its back: noticed when read, set aside, made again with the fewest calls. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { makeRig, type Rig, writeBook } from '../cli/rig.ts';

/** What may happen to a file. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  truncated: (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
  'bit flipped': (bytes) => {
    const flipped = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 2);
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    return flipped;
  },
  'zero length': () => Buffer.alloc(0),
  'foreign, as long': (bytes) => Buffer.alloc(bytes.length, 'somebody else was here '),
  'foreign, shorter': () => Buffer.from('{"hello": "I belong to another program"}'),
};

interface Sealed {
  value: Record<string, unknown>;
}

describe.each(Object.entries(DAMAGES))('%s', { timeout: 120_000 }, (_, damage) => {
  let rig: Rig;
  let simulator: Simulator;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    rig = await makeRig();
    simulator = await startSimulator({ voiceEngine: 'tones' });
    env = {
      DASHSCOPE_API_KEY: 'any-secret-key',
      DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
      DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
    };
    await writeBook(rig);
    expect((await run()).code).toBe(0);
  });
  afterEach(async () => {
    await rig.destroy();
    await simulator.close();
  });

  const run = () => rig.runJson(['book.yaml'], env);
  /** Runs until all is delivered, twice at most: one that notices damage while it works leaves it to the next. */
  const runUntilWhole = async () => {
    const first = await run();
    const last = first.code === 0 ? first : await run();
    expect({ code: last.code, stderr: last.stderr }).toMatchObject({ code: 0 });
    return last;
  };
  const records = async (kind: string): Promise<{ path: string; value: Sealed['value'] }[]> => {
    const folder = rig.path('.pipeline', 'records', kind);
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
    return Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, value: (JSON.parse(await readFile(path, 'utf8')) as Sealed).value };
      }),
    );
  };
  const blobPath = (digest: string): string => rig.path('.pipeline', 'blobs', digest.slice(0, 2), digest);
  const spoil = async (path: string): Promise<void> => writeFile(path, damage(await readFile(path)));
  const takeOf = async (words: string) => {
    const take = (await records('take')).find(({ value }) => String(value['text']).includes(words));
    return { path: take!.path, pcm: take!.value['pcm'] as { digest: string }, value: take!.value };
  };
  /** Another line of the chapter is rewritten, so that its takes are read again. */
  const rewriteLine = (): Promise<void> =>
    writeBook(rig, { lines: 'The wind had turned again.\n\n[mara] Listen!\n\nThey listened.' });
  const times = (words: string): number =>
    [...simulator.spokenTexts()].reduce((sum, [text, spoken]) => sum + (text.includes(words) ? spoken : 0), 0);
  const delivered = async (name: string): Promise<Buffer> => rig.read(join('out', 'A Small Book', name));

  it('a take: that line is spoken once more, no other', async () => {
    const { pcm } = await takeOf('They listened');
    await spoil(blobPath(pcm.digest));
    await rewriteLine();
    await runUntilWhole();
    expect(times('They listened')).toBe(2);
    expect(simulator.metrics().realtime.responses).toBe(5 + 2);
  });

  it('the record of a take: likewise', async () => {
    const { path } = await takeOf('They listened');
    await spoil(path);
    await runUntilWhole();
    expect(times('They listened')).toBe(2);
    expect(simulator.metrics().realtime.responses).toBe(5 + 1);
  });

  it('a master: made again from its takes, without a call, the same bytes', async () => {
    const before = await delivered('01 - Arrival.mp3');
    const masters = await records('master');
    for (const { value } of masters) {
      for (const { digest } of value['files'] as { digest: string }[]) await spoil(blobPath(digest));
    }
    await rm(rig.path('out'), { recursive: true });
    await runUntilWhole();
    expect((await delivered('01 - Arrival.mp3')).equals(before)).toBe(true);
    expect(simulator.metrics()).toMatchObject({ realtime: { responses: 5 }, voices: 2, enroll: { calls: 2 } });
  });

  it('the record of a voice: found again at the service, not paid again', async () => {
    for (const { path } of await records('voice')) await spoil(path);
    await rewriteLine();
    const { finished } = await runUntilWhole();
    expect(finished).toMatchObject({ calls: { enroll: 0, synthesize: 1 }, voices: { enrolled: 0 } });
    expect(simulator.metrics().voices).toBe(2);
  });

  it('what was measured on a take: that line is spoken once more, no other', async () => {
    const { value } = await takeOf('They listened');
    await spoil(blobPath((value['measures'] as { digest: string }).digest));
    await rewriteLine();
    await runUntilWhole();
    expect(times('They listened')).toBe(2);
    expect(simulator.metrics().realtime.responses).toBe(5 + 2);
  });
});
