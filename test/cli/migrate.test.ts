/** `pipeline migrate`: price and lines first, the manifest last, and nothing is paid twice, there and back. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replaceManifest } from '../../src/cli/migrate/change-manifest.ts';
import { readOtherModel } from '../../src/cli/migrate/other-model.ts';
import { accountWithoutCalls } from '../../src/composition/service.ts';
import { readConfig } from '../../src/config/config.ts';
import { comparedLines } from '../../src/plan/compared-lines.ts';
import { formatReview } from '../../src/review/format.ts';
import { draftRun } from '../../src/run/plan.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

const OLD = 'qwen-tts-vc-realtime-2025-08-20';
const NEW = 'qwen-audio-3.1-tts-flash';

queueInRedis();
commandsHere();
let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig, { formats: 'mp3' });
  await rig.write('book.yaml', `# My book\nmodel: ${OLD} # for now\n${await rig.read('book.yaml')}`);
});
afterAll(() => rig.destroy());

const migrate = async (model: string, ...flags: string[]) => {
  const args = ['migrate', 'book.yaml', '--model', model, '--simulate', '--json', ...flags];
  const { code, stdout, stderr } = await rig.run(args);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return { code, stderr, event: last === '' ? undefined : JSON.parse(last) };
};
const spoken = async () => {
  const { finished } = await rig.runJson(['book.yaml', '--simulate']);
  return [finished.calls.enroll, finished.calls.synthesize];
};
const manifest = (): string => readFileSync(rig.path('book.yaml'), 'utf8');

it('lets people listen, changes the manifest, and pays nothing twice, there and back', {
  timeout: 120_000,
}, async () => {
  const before = manifest();
  expect(await spoken()).toEqual([2, 5]);

  const listened = await migrate(NEW, '--listen-only', '--yes');
  expect(listened).toMatchObject({ code: 0, event: { type: 'migrate', changed: false, model: NEW, simulated: true } });
  expect(listened.event.calls).toMatchObject({ enroll: 2, synthesize: 2 });
  expect(listened.event.listening).toMatchObject({ voices: 2, lines: 2 });
  expect(listened.event.moved).toEqual(['narrator', 'mara'].map((character) => ({ character, model: OLD })));
  expect(listened.event.plan.segments).toEqual({ total: 5, synthesize: 5, reuse: 0 });
  for (const { old, new: next } of listened.event.lines) {
    const [a, b] = [readFileSync(old), readFileSync(next)];
    expect(a.subarray(0, 4).toString()).toBe('RIFF');
    expect(a.equals(b)).toBe(false);
    expect(Math.abs(loudness(a) - loudness(b))).toBeLessThan(0.1);
  }
  expect(manifest()).toBe(before);

  // As after a crash between listening and the change.
  const changed = await migrate(NEW, '--yes');
  expect(changed.event).toMatchObject({ changed: true, calls: { enroll: 0, list: 0, synthesize: 0 } });
  expect(manifest()).toBe(before.replace(OLD, NEW));
  // The two lines are the takes of the book.
  expect(await spoken()).toEqual([0, 3]);

  const back = await migrate(OLD, '--yes');
  expect(back.event).toMatchObject({ changed: true, calls: { enroll: 0, list: 0, synthesize: 0 } });
  expect(back.event.plan).toMatchObject({ voices: { enroll: 0 }, segments: { total: 5, synthesize: 0, reuse: 5 } });
  expect(manifest()).toBe(before);
});

it('stops before money: over budget, without approval, at a protected manifest', { timeout: 60_000 }, async () => {
  const before = manifest();
  expect((await migrate(NEW, '--character', 'Mara Quill', '--dry-run')).event).toMatchObject({
    changed: false,
    moved: [{ character: 'mara', model: OLD }],
    calls: { enroll: 0, synthesize: 0 },
  });
  const model = 'qwen3-tts-vc-realtime-2026-01-15';
  expect(await migrate(model, '--yes', '--budget', '0.001')).toMatchObject({ code: 4, event: { code: 'over-budget' } });
  expect(await migrate(model)).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
  chmodSync(rig.path('book.yaml'), 0o444);
  const refused = await migrate(model, '--yes');
  chmodSync(rig.path('book.yaml'), 0o644);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') });
  expect(manifest()).toBe(before);
});

/** What is wrong with a change, or who is moved. */
async function readChange(of: { model: string; character?: string; text?: string }) {
  const file = rig.path('other.yaml');
  const text = of.text ?? manifest();
  writeFileSync(file, text);
  const config = readConfig({ simulate: true, store: rig.path('other-store') });
  const openStore = async () => ({
    store: await openDiskStore(rig.path('other-store')),
    account: accountWithoutCalls(config),
  });
  const character = of.character;
  const { signal } = new AbortController();
  return readOtherModel({ manifest: file, model: of.model, character, config, openStore, signal });
}

interface Wrong {
  model: string;
  character?: string;
  /** Before the manifest. */
  head?: string;
  /** The value of its field `model`. */
  value?: string;
}
const WRONG: [Wrong, RegExp][] = [
  [{ model: 'qwen-audio-3.1-tts-flush' }, /Did you mean "qwen-audio-3.1-tts-flash"/],
  [{ model: 'Qwen3-TTS-CustomVoice' }, /does not clone voices/],
  [{ model: NEW, character: 'maro' }, /Did you mean "mara"/],
  [{ model: NEW, head: 'engine: openai-speech\n' }, /your own server/],
  [{ model: NEW, value: `>-\n  ${OLD}` }, /Write "model: qwen-audio-3.1-tts-flash" at its top yourself/],
];

it.each(WRONG)('refuses %o and names the way out', async ({ head = '', value, ...of }, words) => {
  const text = head + (value === undefined ? manifest() : manifest().replace(`${OLD} # for now`, value));
  await expect(readChange({ ...of, text })).rejects.toThrow(words);
});

it("asks for the recording of an enrolled voice, and leaves a character's own model alone", async () => {
  const text = manifest().replace('sample: voices/mara.mp3', 'voice: qwen-tts-vc-mara-voice-20250812105009984-838b');
  const change = await readChange({ model: NEW, text });
  if (!('refused' in change)) throw new Error('not refused');
  const [error] = change.refused.diagnostics;
  expect(error).toMatchObject({ code: 'voice-of-other-model', start: { line: 8 } });
  expect(error!.fix).toContain('write "sample: voices/mara.wav"');
  expect(error!.fix).toContain(`write "model: ${OLD}" beside it`);
  const kept = await readChange({ model: NEW, text: text.replace('838b', `838b, model: ${OLD}`) });
  expect(kept).toMatchObject({
    moved: [{ character: 'narrator', model: OLD }],
    others: [{ character: 'mara', model: OLD }],
  });
});

it('lets people listen to the lines as they were decided in the review file, in both models', async () => {
  const said = 'Ahoy, the lite!';
  const lines = [
    { id: '', at: '1:2', words: 'Ahoy, the light!', say: said },
    { id: '', at: '1:1', words: 'The boat came out of the fog a little before noon.', take: 2 },
  ];
  await rig.write('other.yaml.review', formatReview({ chapters: [], lines }));
  const change = await readChange({ model: NEW });
  await rm(rig.path('other.yaml.review'));
  if ('refused' in change) throw new Error('refused');
  const { before, after } = change;
  expect(after.book.review?.decisions).toHaveLength(2);
  expect(after.book.review).toEqual(before.book.review);
  const account = { id: 'a', realm: 'local' as const };
  const [then, now] = [before, after].map(({ book }) => draftRun({ book, account }));
  const compared = comparedLines(then!, now!, () => false).map(({ old, next }) =>
    [old, next].map(({ character, text, retake, model }) => [character, text, retake, model]),
  );
  const boat = 'The boat came out of the fog a little before noon.';
  expect(compared).toEqual([
    [OLD, NEW].map((model) => ['narrator', boat, 2, model]),
    [OLD, NEW].map((model) => ['mara', said, undefined, model]),
  ]);
});

it('warns of directions in vain and refuses a language before anything is sent', async () => {
  const directed = manifest().replace('file: one.txt', 'text: "[mara: softly] Ahoy."');
  const [first, second] = [
    await readChange({ model: 'cosyvoice-v3-plus', text: directed.replace(OLD, NEW) }),
    await readChange({
      model: 'cosyvoice-v3-plus',
      text: directed.replace(OLD, NEW).replace('book:', 'book:\n  language: it'),
    }),
  ];
  expect(first).toMatchObject({ warnings: { diagnostics: [{ code: 'direction-ignored' }] } });
  expect(second).toMatchObject({ refused: { diagnostics: [{ code: 'unknown-language' }, {}] } });
});

it('never overwrites a manifest that was edited in the meantime', async () => {
  const file = rig.path('edited.yaml');
  const [before, after] = [Buffer.from('model: a\n'), Buffer.from('model: b\n')];
  writeFileSync(file, 'model: a\n# mine\n');
  await expect(replaceManifest(file, { before, after })).rejects.toThrow(/was changed while this command ran/);
  expect(readFileSync(file, 'utf8')).toBe('model: a\n# mine\n');
  writeFileSync(file, before);
  chmodSync(file, 0o640);
  await replaceManifest(file, { before, after });
  expect(readFileSync(file, 'utf8')).toBe('model: b\n');
});

/** Decibels of the mean of squares of a WAV file with a plain header. */
function loudness(wav: Buffer): number {
  let sum = 0;
  for (let at = 44; at + 1 < wav.length; at += 2) sum += wav.readInt16LE(at) ** 2;
  return 10 * Math.log10(sum / ((wav.length - 44) / 2));
}
