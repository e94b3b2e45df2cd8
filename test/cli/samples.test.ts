/** Recordings that cannot be cloned are found before anything is sent, all at once, and a voice that exists is not judged. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { openConfiguredStore } from '../../src/composition/open-store.ts';
import { accountWithoutCalls } from '../../src/composition/service.ts';
import { voiceDiagnostics } from '../../src/composition/voice-diagnostics.ts';
import { readConfig } from '../../src/config/config.ts';
import { castVoices } from '../../src/plan/cast-voices.ts';
import { putVoice } from '../../src/store/ledger.ts';
import { speechLike, wav } from '../simulator/rig.ts';
import { makeRig, type Rig, SAMPLES } from './rig.ts';

let rig: Rig;
afterEach(() => rig.destroy());

const RATE_HZ = 16_000;
const RECORDINGS: Readonly<Record<string, Buffer>> = {
  good: wav(speechLike({ seconds: 6, rateHz: RATE_HZ }), { rateHz: RATE_HZ }),
  short: wav(speechLike({ seconds: 2.5, rateHz: RATE_HZ }), { rateHz: RATE_HZ }),
  phone: wav(speechLike({ seconds: 6, rateHz: 8_000 }), { rateHz: 8_000 }),
  silent: wav(new Int16Array(6 * RATE_HZ), { rateHz: RATE_HZ }),
  // Enough for the first family, too little for its successor.
  brief: wav(speechLike({ seconds: 4, rateHz: RATE_HZ }), { rateHz: RATE_HZ }),
};
const BAD = ['short', 'phone', 'silent', 'brief'];
/** What is wrong, and in which line of the manifest. */
const FOUND = [
  { message: expect.stringContaining('"short" cannot be cloned'), start: { line: 6 } },
  { message: expect.stringContaining('sample rate 8000 Hz'), start: { line: 7 } },
  { message: expect.stringContaining('speech 0.0 s'), start: { line: 8 }, fix: expect.stringContaining('silent') },
  { message: expect.stringContaining('duration 4.0 s, wanted 5 to 60 s'), start: { line: 9 } },
];

async function book(extra = ''): Promise<void> {
  rig = await makeRig();
  const names = Object.keys(RECORDINGS);
  for (const name of names) await rig.write(`${name}.wav`, RECORDINGS[name]!);
  await rig.write('narrator.wav', await readFile(join(SAMPLES, 'narrator.wav')));
  await rig.write('one.txt', `The boat came.\n\n${names.map((name) => `[${name}] Ahoy!`).join('\n\n')}\n`);
  const cast = names.map((name) => `  ${name}: { sample: ${name}.wav }`).join('\n');
  await rig.write(
    'book.yaml',
    `book: { title: Voices, author: Somebody }\nmodel: qwen-audio-3.1-tts-flash\ncharacters:\n  narrator: { sample: narrator.wav }\n${cast}\nchapters:\n  - { title: One, file: one.txt }\noutput: { formats: [mp3] }\n${extra}`,
  );
}

describe('a book with good and bad recordings', () => {
  test('check, plan and run name all the bad ones with place and fix; no voice is made', async () => {
    await book();
    for (const command of ['check', 'run']) {
      const { code, stdout } = await rig.run([command, 'book.yaml', '--simulate', '--json']);
      expect(code).toBe(2);
      const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as { diagnostics: { code: string }[] };
      const refused = last.diagnostics.filter((each) => each.code === 'sample-refused');
      expect(refused).toMatchObject(FOUND);
      expect(refused).toHaveLength(BAD.length);
    }
    const planned = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(planned.code).toBe(2);
    for (const name of BAD) expect(planned.stderr).toContain(`"${name}" cannot be cloned for qwen-audio-3.1-tts-flash`);
    expect(planned.stderr).toContain('4 errors');
    const voices = await rig.run(['voices', 'list', '--simulate', '--json']);
    expect(voices.stdout).not.toContain('"voiceId"');
  });

  test('without ffmpeg check says which were not judged, and is no failure', async () => {
    await book();
    const { code, stderr } = await rig.run(['check', 'book.yaml', '--simulate'], { FFMPEG_PATH: '/nowhere/ffmpeg' });
    expect(code).toBe(0);
    expect(stderr).toContain('were not judged: narrator, good, short, phone, silent, brief. No working ffmpeg');
  });

  test('measured once: the store knows them; a voice that exists is not judged', async () => {
    await book();
    const config = { ...readConfig({ simulate: true, store: rig.path('store') }) };
    const account = accountWithoutCalls(config);
    const store = await openConfiguredStore(config);
    const { book: loaded } = await loadBook({ manifestPath: rig.path('book.yaml') });
    const judge = (more: Partial<Parameters<typeof voiceDiagnostics>[1]> = {}) =>
      voiceDiagnostics(loaded!, { config, account, store, ...more });
    const hurried = await judge({ withinMs: -1 });
    expect(hurried).toMatchObject([{ code: 'samples-not-judged', severity: 'warning' }]);
    expect(await judge()).toHaveLength(BAD.length);
    // No ffmpeg is needed any more.
    expect(await judge({ config: { ...config, ffmpegPath: '/nowhere/ffmpeg' } })).toMatchObject(FOUND);
    const samples = new Map([...loaded!.samples].map(([name, { asset }]) => [name, asset]));
    for (const [name, voice] of castVoices({ manifest: loaded!.manifest, samples })) {
      if (!('enrollment' in voice) || name === 'silent') continue;
      const { key, model, preferredName, characters } = voice.enrollment;
      const rest = { model, preferredName, characters, simulated: true, enrolledAt: new Date().toISOString() };
      await putVoice(store, { key, account: account.id, voiceId: `v-${name}`, ...rest });
    }
    expect(await judge()).toMatchObject([{ start: { line: 8 } }]);
  });
});
