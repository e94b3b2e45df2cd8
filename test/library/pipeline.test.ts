/** The library as another program uses it, in this process. The service is the simulator inside. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { missingReadings } from '../../src/composition/hearing.ts';
import { OPTIONAL_PACKAGES, withPackages } from '../../src/composition/optional-packages.ts';
import {
  ConfigError,
  ManifestError,
  type NumberedEvent,
  openPipeline,
  type Pipeline,
  PipelineError,
} from '../../src/library/index.ts';
import { SAMPLES } from '../cli/rig.ts';
import { BUNDLED_FFMPEG } from '../quick-environment.ts';

const schemas = new Ajv2020({ strict: false, allErrors: true });
const json = async (path: string): Promise<object> => JSON.parse(await readFile(path, 'utf8'));

/** Fails unless the document is as schema/NAME.schema.json says. */
function valid(name: string, document: unknown): void {
  const schema = JSON.parse(readFileSync(`schema/${name}.schema.json`, 'utf8'));
  const validate = schemas.getSchema(schema.$id) ?? schemas.compile(schema);
  if (!validate(document)) throw new Error(`${name}: ${schemas.errorsText(validate.errors)}`);
}

let folder: string;
let pipeline: Pipeline;
let manifest: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  manifest = at('book.yaml');
  await writeFile(
    manifest,
    `book: {title: A Small Book, language: en, author: Nobody}
characters:
  narrator: {sample: narrator.wav}
chapters:
  - {title: Arrival, file: arrival.txt}
`,
  );
  await copyFile(join(SAMPLES, 'narrator.wav'), at('narrator.wav'));
  await writeFile(at('arrival.txt'), 'The lamp was lit. The sea was loud.');
  pipeline = openPipeline({
    ...{ simulate: true, store: at('store'), out: at('out') },
    ...(BUNDLED_FFMPEG && { ffmpegPath: BUNDLED_FFMPEG }),
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the library', () => {
  it('checks, plans and runs a book, and a second run pays for nothing', async () => {
    const printed = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
    expect(await pipeline.check(manifest)).toEqual({ ok: true, diagnostics: [] });
    const plan = await pipeline.plan(manifest, { budget: '1 CNY' });
    expect(plan).toMatchObject({ title: 'A Small Book', budget: { kept: true } });

    const run = pipeline.run(manifest);
    const events: NumberedEvent[] = [];
    for await (const event of run) events.push(event);
    const finished = await run.finished;
    expect(finished).toMatchObject({ ok: true, simulated: true, segments: { synthesized: 1 } });
    expect(events[0]).toMatchObject({ type: 'run.started', title: 'A Small Book' });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', ok: true });
    // A progress event that a newer one has overtaken is left out; order and numbers stay.
    const numbers = events.map(({ sequence }) => sequence);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(events.map((event) => event.run)).size).toBe(1);
    expect(new Date(events[0]!.at).toISOString()).toBe(events[0]!.at);
    expect(await readdir(at('out/A Small Book'))).toContain('completeness.json');
    expect(await readdir(folder)).toContain('book.lock');

    const again = await pipeline.run(manifest).finished;
    expect(again).toMatchObject({ ok: true, segments: { synthesized: 0, reused: 1 }, billedCharacters: 0 });

    const { ok, files } = await pipeline.verify([at('out/A Small Book/01 - Arrival.mp3')], { profile: 'none' });
    expect(ok).toBe(true);
    expect(files[0]?.measured).toMatchObject({ codec: 'mp3' });
    for (const event of events) valid('event', event);
    valid('plan', plan);
    for (const name of ['report', 'completeness']) valid(name, await json(at(`out/A Small Book/${name}.json`)));
    valid('lock', await json(at('book.lock')));
    expect(() => valid('event', { ...events[0], at: 7 })).toThrow();
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
  });

  it('shows lines and takes, speaks one again, and writes what a person decided; the next run uses it', async () => {
    const printed = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const [line, ...others] = await pipeline.lines(manifest);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ number: '1:1', character: 'narrator', takes: 1, chosen: 1, inStore: true });
    expect(await pipeline.lines(manifest, { suspects: true })).toEqual([]);

    await expect(pipeline.retake(manifest, '1:1', { budget: '0.000001 CNY' })).rejects.toMatchObject({
      code: 'over-budget',
    });
    const gone = pipeline.retake(manifest, '1:1', { signal: AbortSignal.abort() });
    await expect(gone).rejects.toMatchObject({ code: 'interrupted' });
    expect(await pipeline.takes(manifest, '1:1')).toHaveLength(1);
    const spoken = await pipeline.retake(manifest, '1:1', { budget: '1 CNY' });
    expect(spoken).toMatchObject({ line: '1:1', simulated: true, failures: [], cost: { currency: 'CNY' } });
    expect(spoken.takes.map(({ number }) => number)).toEqual([2]);
    const takes = await pipeline.takes(manifest, '1:1');
    expect(takes.map(({ number, chosen }) => [number, chosen])).toEqual([
      [1, true],
      [2, false],
    ]);
    const { wav, sampleRateHz, startSeconds, endSeconds } = await pipeline.hear(manifest, '1:1', { take: 2 });
    expect(Buffer.from(wav.subarray(0, 4)).toString()).toBe('RIFF');
    expect(endSeconds - startSeconds).toBeCloseTo(takes[1]!.seconds, 0);
    expect(wav.length).toBeGreaterThan(2 * sampleRateHz * (endSeconds - startSeconds));

    await pipeline.choose(manifest, '1:1', 2);
    await pipeline.decide(manifest, '1:1', { pause: 1.5 });
    const decided = await readFile(`${manifest}.review`, 'utf8');
    expect(decided).toMatch(/take: 2[\s\S]*pause: 1\.5/);
    valid('review', parse(decided));
    expect(await pipeline.lines(manifest)).toMatchObject([{ chosen: 2, inStore: true }]);
    expect(await pipeline.plan(manifest)).toMatchObject({ segments: { synthesize: 0, reuse: 1 } });
    await pipeline.choose(manifest, '1:1', null);
    await pipeline.decide(manifest, '1:1', { pause: null });
    expect(await pipeline.lines(manifest)).toMatchObject([{ chosen: 1 }]);
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('refuses a line, a take or a decision that makes no sense, and changes nothing', async () => {
    const before = await readFile(`${manifest}.review`, 'utf8');
    await expect(pipeline.takes(manifest, '1:9')).rejects.toThrow('the nearest is 1:1, narrator');
    await expect(pipeline.takes(manifest, 'first')).rejects.toBeInstanceOf(ConfigError);
    await expect(pipeline.hear(manifest, '1:1', { take: 7 })).rejects.toMatchObject({ code: 'take-missing' });
    await expect(pipeline.choose(manifest, '1:1', 7)).rejects.toMatchObject({ code: 'take-missing' });
    for (const wrong of [{}, { pause: -1 }, { pause: 61 }, { speaker: 'nobody' }, { say: '…' }, { direction: ' ' }])
      await expect(pipeline.decide(manifest, '1:1', wrong)).rejects.toBeInstanceOf(ConfigError);
    expect(await readFile(`${manifest}.review`, 'utf8')).toBe(before);
  });

  it('imports a manuscript, beside a book that is there', async () => {
    await writeFile(at('novel.md'), '# Fog\n\nThe bell rang.\n\n# Sea\n\nThe sea was loud.\n');
    const asked = { out: at('novel'), title: 'Novel', language: 'en' };
    const imported = await pipeline.importBook(at('novel.md'), asked);
    expect(imported).toMatchObject({ folder: at('novel'), letters: { leftOut: 0 } });
    expect(imported.chapters.map(({ title }) => title)).toEqual(['Fog', 'Sea']);
    expect(await pipeline.check(imported.manifestPath)).toMatchObject({ ok: true });
    valid('manifest', parse(await readFile(imported.manifestPath, 'utf8')));
    const again = await pipeline.importBook(at('novel.md'), asked);
    expect(again).toMatchObject({ folder: at('novel.new'), besideOf: at('novel') });
    expect(again.changes?.map(({ kind }) => kind)).toEqual(['same', 'same']);
    await expect(pipeline.importBook(at('absent.epub'))).rejects.toMatchObject({
      diagnostics: [{ code: 'file-not-found' }],
    });
  });

  it('says what is wrong with a book, and sends nothing', async () => {
    const wrong = at('wrong.yaml');
    await writeFile(wrong, 'title: Wrong\ncharacters: {}\nchapters: []\n');
    const { ok, diagnostics } = await pipeline.check(wrong);
    expect(ok).toBe(false);
    const failure = await pipeline.run(wrong).finished.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ManifestError);
    expect((failure as ManifestError).diagnostics).toEqual(diagnostics);
    expect((failure as Error).message).toContain('wrong.yaml has ');
    await expect(pipeline.plan(wrong)).rejects.toBeInstanceOf(ManifestError);
    await expect(pipeline.run(manifest, { chapters: [7] }).finished).rejects.toThrow('There is no chapter 7.');
    await expect(pipeline.plan(manifest, { chapters: [0] })).rejects.toThrow('There is no chapter 0.');
  });

  it('refuses what a program in JavaScript may hand over, by its name', async () => {
    const any = (value: unknown): never => value as never;
    const wrong: [string, () => Promise<unknown>][] = [
      ['manifest', () => pipeline.check(any(null))],
      ['manifest', () => pipeline.run(any(undefined)).finished],
      ['chapters', () => pipeline.plan(manifest, { chapters: any('1') })],
      ['signal', () => pipeline.run(manifest, { signal: any('now') }).finished],
      ['line', () => pipeline.takes(manifest, any(3))],
      ['take', () => pipeline.choose(manifest, '1:1', any('2'))],
      ['take', () => pipeline.hear(manifest, '1:1', { take: Number.NaN })],
      ['say', () => pipeline.retake(manifest, '1:1', { say: any(5) })],
      ['decisions', () => pipeline.decide(manifest, '1:1', any(null))],
      ['pause', () => pipeline.decide(manifest, '1:1', { pause: any('2') })],
      ['files', async () => pipeline.verify(any('one.mp3'))],
      ['notes', () => pipeline.importBook(at('arrival.txt'), { notes: any('some') })],
    ];
    for (const [name, call] of wrong) {
      const failure = await call().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigError);
      expect((failure as Error).message).toContain(`${name} must be `);
    }
  });

  it('refuses wrong settings, and a profile that it does not know', () => {
    expect(() => openPipeline({ env: { PIPELINE_SESSIONS: 'many' } })).toThrow(ConfigError);
    for (const sessions of [0, Number.NaN, 1001]) expect(() => openPipeline({ sessions })).toThrow('sessions must be');
    expect(() => openPipeline(null as never)).toThrow(ConfigError);
    expect(() => pipeline.verify([], { profile: 'none-such' as 'acx' })).toThrow('There is no profile "none-such"');
  });

  it('ends when its signal aborts, and when the budget is too small', async () => {
    const gone = AbortSignal.abort();
    const ended = await openPipeline({ simulate: true, store: at('other'), out: at('other-out') })
      .run(manifest, { signal: gone, lock: false })
      .finished.catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(PipelineError);
    expect(ended).toMatchObject({ code: 'interrupted' });
    // A file that was not looked at to its end has no verdict.
    const verifying = pipeline.verify([at('narrator.wav')], { profile: 'none', signal: gone });
    await expect(verifying).rejects.toMatchObject({ code: 'interrupted' });
    const poor = openPipeline({ simulate: true, store: at('poor'), out: at('poor-out') });
    await expect(poor.run(manifest, { budget: '0.0001 CNY' }).finished).rejects.toMatchObject({ code: 'over-budget' });
    expect(await readdir(folder)).not.toContain('poor-out');
  });

  it('fails a folder and a pipe that are named like sound, and waits for neither', { timeout: 30_000 }, async () => {
    await mkdir(at('folder.mp3'));
    execFileSync('mkfifo', [at('pipe.mp3')]);
    const { ok, files } = await pipeline.verify([at('folder.mp3'), at('pipe.mp3')], { profile: 'none' });
    const found = files.map(({ verdict }) => verdict.rules[0]?.measured);
    expect({ ok, found }).toEqual({ ok: false, found: ['a folder', 'a pipe or a device'] });
  });

  it('writes its schemas from its types', async () => {
    const made = promisify(execFile)(process.execPath, ['tools/schemas.mjs', '--check']);
    await expect(made).resolves.toMatchObject({ stderr: '' });
  }, 60_000);

  it('is the package itself: its exports name files of the build', async () => {
    const { exports, bin, ...rest } = (await import(resolve('package.json'), { with: { type: 'json' } })).default;
    expect(exports['.']).toEqual({
      types: './dist/src/library/index.d.ts',
      default: './dist/src/library/index.js',
    });
    expect(Object.keys(bin)).toEqual(['narration-pipeline', 'pipeline']);
    expect(rest).not.toHaveProperty('private');
  });
});

describe('packages that only some need', () => {
  it('are named with the one command that installs them', async () => {
    const { packages } = OPTIONAL_PACKAGES.s3;
    const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-s3' imported from /x.js"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const failed = withPackages('s3', () => Promise.reject(missing));
    await expect(failed).rejects.toThrow(`A place on S3 needs packages that are not installed.`);
    await expect(failed).rejects.toThrow(`npm install ${packages.join(' ')}`);
    const ours = Object.assign(new Error("Cannot find module './lost.js'"), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(withPackages('s3', () => Promise.reject(ours))).rejects.toBe(ours);
  });

  it('are named before Japanese words are heard without readings, and not for other books', () => {
    const hearing = { words: 'all', model: 'm', currency: 'CNY' } as const;
    const { packages } = OPTIONAL_PACKAGES.japanese;
    expect(missingReadings(hearing, { language: 'ja' }, () => false)).toContain(`\nnpm install ${packages.join(' ')}`);
    expect(missingReadings(hearing, { language: 'en' }, () => false)).toBeUndefined();
    expect(missingReadings(undefined, { language: 'ja' }, () => false)).toBeUndefined();
    expect(missingReadings(hearing, { language: 'ja' })).toBeUndefined();
  });

  it('are the optional peers, in versions that they allow', async () => {
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(await readFile('package.json', 'utf8'));
    const named = Object.values(OPTIONAL_PACKAGES).flatMap(({ packages }) =>
      packages.map((one) => one.split(/(?<=.)@/)),
    );
    expect(named.map(([name]) => name).sort()).toEqual(Object.keys(peerDependencies).sort());
    for (const [name, version] of named)
      expect(peerDependencies[name!]).toMatch(new RegExp(`^[~^]${version!.replace('.', '\\.')}\\.`));
    for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name]).toEqual({ optional: true });
  });
});
