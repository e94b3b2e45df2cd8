/** One line of a book has one number wherever the program speaks of it. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, SAMPLES } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
let simulator: Simulator;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  rig = await makeRig();
  await cp(SAMPLES, rig.path('voices'), { recursive: true });
  simulator = await startSimulator({ voiceEngine: 'tones' });
  const { httpBaseUrl, realtimeUrl } = simulator;
  env = { DASHSCOPE_API_KEY: 'sk-x', DASHSCOPE_HTTP_BASE_URL: httpBaseUrl, DASHSCOPE_REALTIME_URL: realtimeUrl };
});
afterEach(async () => {
  await simulator.close();
  await rig.destroy();
});

const STORM = 'The wind had turned.\n\n[mara: calling] Ahoy, the light!\n\nThey listened.\n';

const writeBook = (storm: string) =>
  rig.write(
    'book.yaml',
    `book: { title: A Small Book, author: Somebody }
model: qwen3-tts-vc-realtime-2025-11-27
credits: { opening: true }
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters:
  - { title: Arrival, text: The boat came out of the fog a little before noon. }
  - { title: Storm, text: ${JSON.stringify(storm)} }
output: { formats: [mp3], subtitles: [vtt] }
`,
  );

it('one line is 2:2 in check, events, screen, report, completeness, subtitles, cost, plan and diff', async () => {
  await writeBook(STORM);
  const { diagnostics } = JSON.parse((await rig.run(['check', 'book.yaml', '--json'], env)).stdout);
  expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'direction-ignored', number: '2:2' }));

  simulator.set({ faults: [{ kind: 'inserted-silence', text: 'Ahoy' }] });
  const { events, stderr } = await rig.runJson(['book.yaml'], env);
  expect(stderr).toContain('warning: line 2:2: ');
  for (const type of ['segment.done', 'segment.doubtful'])
    expect(events).toContainEqual(expect.objectContaining({ type, character: 'mara', number: '2:2' }));
  const folder = rig.path('out', 'A Small Book');
  const read = (name: string) => readFile(`${folder}/${name}`, 'utf8');
  expect(JSON.parse(await read('report.json')).doubtful).toMatchObject([{ number: '2:2', line: 2 }]);
  expect(await read('report.html')).toContain('>2:2</a>');
  const { chapters } = JSON.parse(await read('completeness.json'));
  expect(chapters[2].segments[1]).toMatchObject({ number: '2:2', character: 'mara' });
  const storm = (await readdir(folder)).find((name) => name.endsWith('Storm.vtt'));
  expect(await read(storm ?? '')).toMatch(/\n2:2\n[\d:.]+ --> [\d:.]+\n<v mara>Ahoy/);
  expect((await rig.run(['cost', '--csv'], env)).stdout).toContain(',2:2,mara,');
  expect((await rig.read('book.lock')).toString()).not.toContain('2:2');

  await writeBook(STORM.replace('Ahoy', 'Hello'));
  expect((await rig.run(['plan', 'book.yaml'], env)).stdout).toContain('      2:2 mara, text:');
  const { stdout } = await rig.run(['diff', 'book.lock', 'book.yaml', '--json'], env);
  expect(JSON.parse(stdout).chapters[0]).toMatchObject({
    index: 2,
    before: 3,
    lines: [{ change: 'changed', before: { number: '2:2' }, after: { number: '2:2', chapter: 3, line: 2 } }],
  });
  const refused = await rig.run(['run', 'book.yaml', '--locked'], env);
  expect(refused.stderr).toContain('    ~ 2:2 mara: text');
});

it('a line of several segments has a number for each', async () => {
  const long = Array.from({ length: 60 }, (_, at) => `Sentence ${at} is about the sea.`).join(' ');
  await writeBook(`The wind had turned.\n\n${long}\n`);
  const { events } = await rig.runJson(['book.yaml'], env);
  const numbers = events.flatMap((event) => (event.type === 'segment.done' ? [event.number] : [])).sort();
  expect(numbers.filter((number) => number?.startsWith('2:2.'))).toEqual(['2:2.1', '2:2.2', '2:2.3', '2:2.4']);
  expect(numbers).toContain('0:1');
});
