/** Characters with models of their own: their steps, keys, prices, warnings and what a diff says. In-process; calls nothing. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Book, loadBook } from '../../src/book/load-book.ts';
import { modelEndDiagnostics } from '../../src/book/warnings/model-end.ts';
import { planLines } from '../../src/cli/screen/plan-screen.ts';
import { termsOf } from '../../src/composition/prices-and-budget.ts';
import { readConfig } from '../../src/config/config.ts';
import { MODELS } from '../../src/models.ts';
import { compareEditions } from '../../src/plan/compare-editions.ts';
import { lastRunOf } from '../../src/plan/last-run-of.ts';
import { formatLock, readLock } from '../../src/plan/lock.ts';
import { planBook, type Snapshot } from '../../src/plan/plan.ts';
import { planTotals } from '../../src/plan/plan-totals.ts';
import { planReport } from '../../src/plan/report.ts';
import { draftRun } from '../../src/run/plan.ts';
import { editionOfDraft } from '../../src/run/prove.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { bundleBook, unbundleBook } from '../../src/submissions/book-bundle.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

const ACCOUNT = { id: 'account', realm: 'dashscope' } as const;
const AUDIO = 'qwen-audio-3.1-tts-flash';
const QWEN3 = 'qwen3-tts-vc-realtime-2026-01-15';
const COSY = 'cosyvoice-v3-flash';
const NOTHING: Snapshot = {
  ...{ takes: new Map(), levels: new Map(), doubtful: new Map(), voices: new Set() },
  ...{ masters: new Map(), books: new Map() },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
  cpSync(resolve('manifests/hello/voices'), join(folder, 'voices'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function text(of: { model: string; mara?: string; head?: string; voice?: string }): string {
  return `${of.head ?? ''}model: ${of.model}
book: {title: The Two Models, author: A. Writer}
characters:
  narrator: {sample: voices/narrator.wav, transcript: My name does not matter.}
  mara:
    ${of.voice === undefined ? 'sample: voices/mara.mp3' : `voice: ${of.voice}`}${of.mara === undefined ? '' : `\n    model: ${of.mara}`}
chapters:
  - {title: One, text: "The fog came.\\n\\n[mara: whispering] Ahoy, the light!"}
  - {title: Two, text: Nobody heard it.}
output: {formats: [mp3], mastering: none}
`;
}

async function read(of: Parameters<typeof text>[0]) {
  const path = join(folder, 'book.yaml');
  writeFileSync(path, text(of));
  return alsoInChinese(await loadBook({ manifestPath: path }));
}

async function bookOf(of: Parameters<typeof text>[0]): Promise<Book> {
  const { book, diagnostics } = await read(of);
  if (book === undefined) throw new Error(JSON.stringify(diagnostics));
  return book;
}

const draftOf = (book: Book) => draftRun({ book, account: ACCOUNT });

it('gives a character the keys of a book with its model, and leaves all others as they are', async () => {
  const [mixed, first, second] = [
    draftOf(await bookOf({ model: QWEN3, mara: AUDIO })),
    draftOf(await bookOf({ model: QWEN3 })),
    draftOf(await bookOf({ model: AUDIO })),
  ];
  const [narrator, mara] = mixed.chapters[0]!.segments;
  expect(narrator).toEqual(first.chapters[0]!.segments[0]);
  expect(mara).toEqual(second.chapters[0]!.segments[1]);
  expect(mara).toMatchObject({ model: AUDIO, direction: 'whispering', seed: expect.any(Number), languageType: 'en' });
  expect(mixed.voices.map(({ key }) => key)).toEqual([first.voices[0]!.key, second.voices[1]!.key]);
  // The chapter without her stays, with its tags.
  expect(mixed.chapters[1]!.master).toEqual(first.chapters[1]!.master);
  expect(mixed.chapters[0]!.master.tags.comment).toBe(`Synthetic speech (cloned voices, ${QWEN3} and ${AUDIO}).`);
  const named = draftOf(await bookOf({ model: QWEN3, mara: QWEN3 }));
  expect(named).toEqual(first);
});

it('joins the takes of any two models of the table', () => {
  const rates = Object.values(MODELS).map(({ outputRateHz }) => outputRateHz);
  const sizes = Object.values(MODELS).map(({ maxSegmentUnits }) => maxSegmentUnits);
  expect(new Set(rates), 'draft-book.ts has one rate for a book').toEqual(new Set([24_000]));
  expect(new Set(sizes), 'chapters.ts cuts a book with one limit').toEqual(new Set([500]));
});

it.each([
  [
    'an unknown model',
    { model: QWEN3, mara: 'qwen-audio-3.1-tts-flush' },
    'unknown-model',
    /Did you mean "qwen-audio-3.1-tts-flash"/,
  ],
  [
    'a model beside an own server',
    { head: 'engine: openai-speech\n', model: 'Qwen/Base', mara: AUDIO },
    'mixed-engines',
    /Remove this line/,
  ],
  [
    'a voice of another model',
    { model: QWEN3, mara: COSY, voice: `${AUDIO}-mara-1` },
    'foreign-voice',
    new RegExp(`write "model: ${AUDIO}" beside it`),
  ],
] as const)('refuses %s at its place', async (_, of, code, fix) => {
  const { book, diagnostics } = await read(of);
  expect(book).toBeUndefined();
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors).toMatchObject([{ code, fix: expect.stringMatching(fix) }]);
  expect(errors[0]!.start!.line).toBeGreaterThan(5);
});

it('refuses a model that does not speak the language of the book', async () => {
  const path = join(folder, 'id.yaml');
  writeFileSync(path, text({ model: AUDIO, mara: 'cosyvoice-v3-plus' }).replace('author:', 'language: it, author:'));
  const { diagnostics } = alsoInChinese(await loadBook({ manifestPath: path }));
  expect(diagnostics).toMatchObject([
    {
      code: 'unknown-language',
      message: 'The model cosyvoice-v3-plus of "mara" does not speak the book\'s language, "it".',
    },
  ]);
  expect(diagnostics[0]!.fix).toContain(QWEN3);
});

it("accepts an enrolled voice of the character's own model", async () => {
  const book = await bookOf({ model: QWEN3, mara: AUDIO, voice: `${AUDIO}-mara-1` });
  expect(draftOf(book).chapters[0]!.segments[1]).toMatchObject({ model: AUDIO, voice: { voiceId: `${AUDIO}-mara-1` } });
});

it('warns of each model: its end with whom it speaks, and directions in vain', async () => {
  const book = await bookOf({ model: AUDIO, mara: QWEN3 });
  const [warning, ...more] = modelEndDiagnostics(book, '2026-11-29');
  expect(more).toEqual([]);
  expect(warning!.message).toMatch(/ended on 2026-10-10.* It speaks mara\.$/);
  expect(modelEndDiagnostics(await bookOf({ model: QWEN3, mara: AUDIO }), '2026-11-29')[0]!.message).toContain(
    'narrator',
  );
  const { diagnostics } = await read({ model: AUDIO, mara: QWEN3 });
  expect(diagnostics.map(({ code }) => code)).toEqual(['direction-ignored']);
  expect((await read({ model: QWEN3, mara: AUDIO })).diagnostics).toEqual([]);
});

it('prices each model by itself, and two currencies apart', async () => {
  const config = readConfig({ simulate: true, store: join(folder, 'store') });
  const planned = async (of: Parameters<typeof text>[0], flags: { budget?: string } = {}) => {
    const book = await bookOf(of);
    const plan = planBook(draftOf(book), NOTHING);
    const terms = {
      ...(await termsOf(config, book.manifest, flags, { account: ACCOUNT })),
      knownVoices: 0,
      today: '2026-11-29',
    };
    return { plan, terms, report: planReport(plan, terms), totals: planTotals(plan, terms.tariff) };
  };
  const nanos = ({ report }: Awaited<ReturnType<typeof planned>>): number =>
    report.models!.reduce((sum, { cost }) => sum + cost!.amount, 0);
  const mixed = await planned({ model: QWEN3, mara: AUDIO }, { budget: '1 CNY' });
  const { report, totals } = mixed;
  expect(report.models!.map(({ model, characters }) => [model, characters])).toEqual([
    [QWEN3, ['narrator']],
    [AUDIO, ['mara']],
  ]);
  expect(totals.cost!.amount).toBeCloseTo(nanos(mixed), 3);
  expect(report.models![0]!.voices).toEqual({ enroll: 1, reuse: 0 });
  expect(report).toMatchObject({ estimated: true, budget: { kept: true } });
  expect(report.cast).toMatchObject([{ characters: ['narrator'] }, { characters: ['mara'], model: AUDIO }]);

  const foreign = { model: QWEN3, mara: COSY };
  const apart = await planned(foreign);
  expect(apart.totals).toMatchObject({ cost: null, costs: [{ currency: 'CNY' }, { currency: 'USD' }] });
  const screen = planLines(apart.report, { paint: (_, words) => words, columns: 100 }).join('\n');
  expect(screen).toMatch(/CNY and 0\.\d+ USD\./);
  expect(screen).toContain(`${COSY} speaks mara (named with the character)`);
  expect(screen).toContain(`voice of mara for ${COSY}: to be enrolled`);
  await expect(planned(foreign, { budget: '1' })).rejects.toThrow(/priced in CNY and USD/);
  const whole = await planned({ model: QWEN3 });
  expect(whole.report).not.toHaveProperty('models');
  expect(whole.totals).not.toHaveProperty('costs');
});

it('says in a diff and a plan that the model of one character changed', async () => {
  const books = [await bookOf({ model: QWEN3 }), await bookOf({ model: QWEN3, mara: AUDIO })] as const;
  const [before, after] = books.map((book) => editionOfDraft({ book, account: ACCOUNT }, draftOf(book)));
  expect(before).not.toHaveProperty('models');
  expect(after!.models).toEqual({ mara: AUDIO });
  expect(readLock(Buffer.from(formatLock(after!))).edition).toEqual(after);
  const changes = compareEditions(before!, after!);
  expect(changes.head.filter(({ what }) => what.startsWith('model'))).toEqual([
    { what: 'model of mara', before: QWEN3, after: AUDIO },
  ]);
  expect(changes.chapters.flatMap(({ lines }) => lines.map(({ aspects }) => aspects))).toEqual([
    ['model', 'direction'],
  ]);

  const hasTake = () => true;
  const ran = books.map((book) => lastRunOf(planBook(draftOf(book), NOTHING), hasTake));
  const reasons = (book: Book, lastRun: (typeof ran)[number]) =>
    planBook(draftOf(book), { ...NOTHING, lastRun }).chapters[0]!.segments.map(({ reason }) => reason);
  expect(reasons(books[1], ran[0]!)[1]).toBe('model');
  expect(reasons(books[0], ran[1]!)[1]).toBe('model');
  // The narrator has a transcript, which the other model does not use.
  expect(reasons(await bookOf({ model: AUDIO }), ran[0]!)).toEqual(['model', 'model']);
  expect(JSON.stringify(ran[0])).not.toContain('"model":"qwen-audio');
});

it('keeps a submission of a book with several models from versions that know one', async () => {
  const store = await openDiskStore(join(folder, 'bundles'));
  const versionOf = async (book: Book): Promise<number> => {
    const content = await bundleBook(store, book);
    expect((await unbundleBook(store, content)).manifest).toEqual(JSON.parse(JSON.stringify(book.manifest)));
    return (JSON.parse((await store.readBlob(content.digest)).toString()) as { version: number }).version;
  };
  expect(await versionOf(await bookOf({ model: QWEN3, mara: QWEN3 }))).toBe(1);
  expect(await versionOf(await bookOf({ model: QWEN3, mara: AUDIO }))).toBe(2);
});
