/** Bad input from the outside: a diagnostic or a named error, the right exit code, and nothing sent. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();

let simulator: Simulator;
let rig: Rig;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones' });
  env = {
    DASHSCOPE_API_KEY: 'secret-test-key',
    DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
    DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
  };
});
afterAll(() => simulator.close());
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
  await simulator.reset();
});
afterEach(() => rig.destroy());

const VOICES = 'characters:\n  narrator: { sample: voices/narrator.wav }\n';
const TEXT = 'chapters:\n  - { title: One, text: Hello there. }\n';
const BOOK = 'book: { title: T }\n';

describe('a manifest that is wrong ends with 2 and sends nothing', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'an unknown character',
      `${BOOK}${VOICES}chapters:\n  - title: One\n    text: |\n      [marra] Hi.\n`,
      /book\.yaml:7:8 error: line 1:1: There is no character called "marra"/,
    ],
    [
      'a missing sample',
      `${BOOK}characters:\n  narrator: { sample: voices/none.wav }\n${TEXT}`,
      /book\.yaml:3:\d+ error: .*voices\/none\.wav/,
    ],
    [
      'a missing text',
      `${BOOK}${VOICES}chapters:\n  - { title: One, file: none.txt }\n`,
      /book\.yaml:5:\d+ error: .*none\.txt/,
    ],
    ['an empty chapter', `${BOOK}${VOICES}chapters:\n  - { title: One, text: "  " }\n`, /error: /],
    ['two chapters of one title', `${BOOK}${VOICES}${TEXT}  - { title: One, text: Again. }\n`, /error: .*title/i],
    ['no YAML', 'book: [title: }{', /error: /],
    ['a tab', 'book:\n\ttitle: T\n', /tab/i],
    ['a binary file', new Uint8Array([0, 1, 2, 255, 254, 0, 0]), /error: /],
    ['50 MB', new Uint8Array(50_000_000).fill(35), /50\.0 MB|MB/],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghijk'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghijk'[index]}`).join(',')}]`).join('\n')}\n`,
      /error: /,
    ],
    [
      'a path out of its folder',
      `${BOOK}characters:\n  narrator: { sample: ../../etc/passwd }\n${TEXT}`,
      /error: .*folder/,
    ],
    ['an absolute path', `${BOOK}${VOICES}chapters:\n  - { title: One, file: /etc/passwd }\n`, /error: /],
    ['nothing', '', /error: /],
  ])('%s', async (_what, manifest, says) => {
    await rig.write('book.yaml', manifest);
    const { code, stdout, stderr } = await rig.run(['run', 'book.yaml', '--json'], env);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at .*\.js/);
    expect(code).toBe(2);
    // One event and nothing else: a program learns why, too.
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'manifest-mistakes', exitCode: 2 });
    expect(simulator.metrics().enroll.calls + simulator.metrics().realtime.sessions).toBe(0);
  });

  it('a link that leads out of the folder', async () => {
    await symlink('/etc/passwd', rig.path('leak.txt'));
    await rig.write('book.yaml', `${BOOK}${VOICES}chapters:\n  - { title: One, file: leak.txt }\n`);
    const { code, stderr } = await rig.run(['check', 'book.yaml']);
    expect(code).toBe(2);
    expect(stderr).not.toContain('root:');
  });

  it('a manifest that is not there, or a folder', async () => {
    expect((await rig.run(['run', 'none.yaml', '--simulate'])).code).toBe(2);
    expect((await rig.run(['run', 'voices', '--simulate'])).code).toBe(2);
  });

  it('all mistakes of all files in one go', async () => {
    await rig.write('one.txt', '[nobody] Hi.\n');
    await rig.write('two.txt', '[maria] Hi.\n');
    const { stderr } = await rig.run(['check', 'book.yaml']);
    expect(stderr.replaceAll(rig.folder, '~')).toMatchInlineSnapshot(`
      "one.txt:1:2 error: line 1:1: There is no character called "nobody".
          1 | [nobody] Hi.
            |  ^^^^^^
         fix: Choose one of: narrator, mara, Mara Quill. For a plain bracket, write \\[.
      two.txt:1:2 error: line 2:1: There is no character called "maria".
          1 | [maria] Hi.
            |  ^^^^^
         fix: Did you mean "mara"? For a plain bracket, write \\[.

      2 errors
      "
    `);
  });
});

describe('a command line that is wrong ends with 2', () => {
  it.each([
    [['run']],
    [['run', 'book.yaml', '--no-such-flag']],
    [['nonsense']],
    [['import', 'My', 'Novel.epub'], /A path with spaces needs quotes/],
    [['run', 'book.yaml', '--simulate', '--sessions', '0']],
    [['simulate', '--port', '70000']],
  ] as [string[], RegExp?][])('%j', async (args, way = /./) => {
    const { code, stderr } = await rig.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pipeline: /);
    expect(stderr).toMatch(way);
  });

  it('as one event for programs', async () => {
    for (const command of [['run'], ['plan'], ['status'], ['doctor'], ['voices', 'list']]) {
      const { code, stdout } = await rig.run([...command, 'book.yaml', '--json', '--no-such-flag'], env);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'wrong-command-line', exitCode: 2 });
    }
    const setting = await rig.run(['plan', 'book.yaml', '--json'], { ...env, PIPELINE_SESSIONS: 'many' });
    expect(setting.code).toBe(2);
    expect(JSON.parse(setting.stdout)).toMatchObject({ type: 'error', code: 'wrong-setting', exitCode: 2 });
    const noKey = await rig.run(['voices', 'list', '--json']);
    expect(noKey.code).toBe(3);
    expect(JSON.parse(noKey.stdout)).toMatchObject({ type: 'error', code: 'key-missing', exitCode: 3 });
  });

  it('a base URL that is none', async () => {
    const { code, stderr } = await rig.run(['run', 'book.yaml'], { ...env, DASHSCOPE_HTTP_BASE_URL: 'ftp://x' });
    expect(code).toBe(2);
    expect(stderr).toContain('DASHSCOPE_HTTP_BASE_URL must begin with http: or https://');
  });
});

describe('something that is needed is missing: ends with 3, what was made is kept', () => {
  it('ffmpeg', async () => {
    const { code, stderr, stdout } = await rig.run(['run', 'book.yaml', '--json'], {
      ...env,
      FFMPEG_PATH: '/nowhere/ffmpeg',
    });
    expect(code).toBe(3);
    expect(stderr).toContain('/nowhere/ffmpeg');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'run.finished', ok: false });
    expect(simulator.metrics().enroll.calls).toBe(0);
  });

  it('Redis', async () => {
    const { code, stderr } = await rig.run(['run', 'book.yaml'], { ...env, REDIS_URL: 'redis://:hush@127.0.0.1:1' });
    expect(code).toBe(3);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('hush');
    expect(simulator.metrics().enroll.calls).toBe(0);
  });

  it('a store that can not be written', async () => {
    await writeFile(rig.path('afile'), '');
    const { code, stderr } = await rig.run(['run', 'book.yaml', '--store', 'afile'], env);
    expect(code).toBe(3);
    expect(stderr).toContain('--store');
  });

  it('an output folder that can not be written', async () => {
    await writeFile(rig.path('afile'), '');
    const { code, stderr } = await rig.run(['run', 'book.yaml', '--out', 'afile'], env);
    expect(code).toBe(3);
    expect(stderr).toContain('--out');
  });

  it('the service: a key that it refuses is one notice, not one for each segment', async () => {
    const strict = await startSimulator({ voiceEngine: 'tones', apiKeys: ['another-key'] });
    try {
      const { code, stderr, stdout } = await rig.run(['run', 'book.yaml'], {
        ...env,
        DASHSCOPE_HTTP_BASE_URL: strict.httpBaseUrl,
        DASHSCOPE_REALTIME_URL: strict.realtimeUrl,
      });
      expect(code).toBe(3);
      expect(`${stdout}${stderr}`).not.toContain('secret-test-key');
      expect(stderr).toContain('DASHSCOPE_API_KEY');
    } finally {
      await strict.close();
    }
  });
});

describe('one part fails', () => {
  it('a segment that the service refuses: the other chapter is delivered, exit 1, and the line is named', async () => {
    const refusing = await startSimulator({
      voiceEngine: 'tones',
      faults: [{ kind: 'content-refusal', text: 'Ahoy' }],
    });
    try {
      const { code, finished, events } = await rig.runJson(['book.yaml'], {
        ...env,
        DASHSCOPE_HTTP_BASE_URL: refusing.httpBaseUrl,
        DASHSCOPE_REALTIME_URL: refusing.realtimeUrl,
      });
      expect(code).toBe(1);
      expect(finished).toMatchObject({ ok: false, segments: { total: 5, synthesized: 4, reused: 0, failed: 1 } });
      expect(finished.chapters.map((chapter) => chapter.files.length)).toEqual([0, 2]);
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'segment.failed', chapter: 1, text: 'Ahoy, the light!', code: 'text-refused' }),
      );
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'chapter.failed', index: 1, code: 'take-missing' }),
      );
    } finally {
      await refusing.close();
    }
  });

  it('a sample that is no sound: nothing is sent for the book', async () => {
    await mkdir(rig.path('voices'), { recursive: true });
    await rig.write('voices/mara.mp3', Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(5000)]));
    await rig.write('one.txt', 'Only the narrator speaks here.\n');
    const { code, stdout } = await rig.run(['run', 'book.yaml', '--json'], env);
    expect(code).toBe(2);
    const diagnostics = [{ code: 'sample-refused', message: expect.stringContaining('"mara"'), start: { line: 6 } }];
    expect(JSON.parse(stdout)).toMatchObject({ code: 'manifest-mistakes', diagnostics });
  });

  it.runIf(process.getuid?.() !== 0)('a text without permission is a mistake of the book', async () => {
    await chmod(rig.path('one.txt'), 0);
    expect((await rig.run(['check', 'book.yaml'])).code).toBe(2);
  });
});

describe('the disk is full', () => {
  it('says so, keeps what was made, and goes on from there when there is room', async (test) => {
    await mkdir(rig.path('small'));
    // A file system of 11 MB, of which the store leaves 8 alone: some takes fit, the book does not. Only root may make one.
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=11m', 'tmpfs', rig.path('small')]).status === 0;
    if (!mounted) return test.skip('this user may not mount a small file system');
    try {
      const lines = Array.from(
        { length: 20 },
        (_, index) => `Line ${index} is long enough to take some seconds to say aloud.`,
      );
      await writeBook(rig, { lines: lines.join('\n\n') });
      const { code, stderr, finished } = await rig.runJson(['book.yaml', '--store', 'small/store'], env);
      expect(code).toBe(3);
      expect(stderr).toContain('is full');
      expect(finished.segments.synthesized).toBeGreaterThan(0);
      spawnSync('mount', ['-o', 'remount,size=64m', rig.path('small')]);
      const again = await rig.runJson(['book.yaml', '--store', 'small/store'], env);
      expect(again).toMatchObject({ code: 0, finished: { ok: true, voices: { enrolled: 0 } } });
      expect(again.finished.segments.reused).toBeGreaterThanOrEqual(finished.segments.synthesized);
    } finally {
      spawnSync('umount', [rig.path('small')]);
    }
  });
});
