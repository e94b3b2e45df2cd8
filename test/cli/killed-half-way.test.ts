/** A book on each engine, killed half way and gone on with: one voice each, nothing paid twice, whole and right. */
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { ENGINES } from '../chaos/engines.ts';
import { digestsOf, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

const LINES = 14;
/** Of the two chapters together. */
const SEGMENTS = LINES + 2;
const AT_ONCE = 4;
/** A quarter more lines are at hand than there are sessions (src/composition/workbench.ts). */
const AT_HAND = 5;
/** The kill comes when this segment is done; others before it may still be under way. */
const KILLED_AT = 8;

let rig: Rig;
let simulators: Simulator[];
beforeEach(async () => {
  rig = await makeRig();
  simulators = [];
});
afterEach(async () => {
  for (const simulator of simulators) await simulator.close();
  await rig.destroy();
});
queueInRedis();

it.each(Object.entries(ENGINES))('%s', { timeout: 120_000 }, async (_name, engine) => {
  const text = Array.from({ length: LINES }, (_, at) => `${at % 2 === 0 ? '' : '[mara] '}This is line number ${at}.`);
  await writeBook(rig, { lines: text.join('\n\n'), formats: 'wav' });
  await rig.write('book.yaml', `${engine.manifest}\n${await rig.read('book.yaml')}`);
  const openService = async (firstAudioMs: number) => {
    const simulator = await startSimulator({ voiceEngine: 'tones', speed: { firstAudioMs } });
    simulators.push(simulator);
    return { simulator, env: engine.env(Number(new URL(simulator.httpBaseUrl).port)) };
  };
  const calm = await openService(0);
  const undisturbed = await rig.runJson(['book.yaml', '--store', 'calm', '--out', 'calm-out'], calm.env);
  expect(undisturbed.finished, undisturbed.stderr).toMatchObject({ ok: true, segments: { synthesized: SEGMENTS } });

  const { simulator, env } = await openService(60);
  const running = rig.start(['run', 'book.yaml', '--json', '--sessions', String(AT_ONCE)], env);
  await running.line(`"ordinal":${KILLED_AT},`);
  running.child.kill('SIGKILL');
  await running.done;
  const kept = (await takes()).length;
  expect(kept).toBeGreaterThanOrEqual(KILLED_AT - AT_HAND);
  expect(kept).toBeLessThan(SEGMENTS);

  const { finished, stderr } = await rig.runJson(['book.yaml'], env);
  expect(finished, stderr).toMatchObject({ ok: true, segments: { total: SEGMENTS }, calls: { enroll: 0 } });
  // Steps of the run that was killed are still in Redis: what they speak, the second run finds.
  expect(finished.segments.reused).toBeGreaterThanOrEqual(kept);
  // Only what was under way at the moment of the kill may have been said twice: on the wire, or spoken and not stored yet.
  const times = [...simulator.spokenTexts()].filter(([line]) => line.startsWith('This is line'));
  expect(times).toHaveLength(LINES);
  const again = times.reduce((sum, [, count]) => sum + count - 1, 0);
  expect(again).toBeLessThanOrEqual(AT_HAND);
  expect(new Set((await takes()).map(({ voiceId }) => voiceId)).size).toBe(2);
  const { voices, inference } = simulator.metrics();
  expect(voices + inference.voices).toBe(engine.voicesFile === undefined ? 0 : 2);
  expect(await delivered('out')).toEqual(await delivered('calm-out'));
});

async function takes(): Promise<{ voiceId: string }[]> {
  const folder = rig.path('.pipeline', 'records', 'take');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const records = names.filter((name) => name.endsWith('.json')).map((name) => readFile(`${folder}/${name}`, 'utf8'));
  return (await Promise.all(records)).map((record) => (JSON.parse(record) as { value: { voiceId: string } }).value);
}

/** The sound of a folder's chapters. */
async function delivered(folder: string): Promise<string[]> {
  const names = (await readdir(rig.path(folder), { recursive: true })).filter((name) => name.endsWith('.wav')).sort();
  expect(names).toHaveLength(2);
  return digestsOf(await Promise.all(names.map((name) => rig.read(`${folder}/${name}`))));
}
