/** The examples compile against the published types, and run; so does a client that is generated from the OpenAPI document. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/web/openapi.ts';
import { NODE_FLAGS } from '../node-flags.ts';
import { quickEnvironment } from '../quick-environment.ts';

const run = promisify(execFile);
const TSC = resolve('node_modules/typescript/bin/tsc');

/** A client of the HTTP API with types that are generated from its document. */
const CLIENT = `import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const { GET, POST } = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const { data } = await GET('/v1/books', { params: { query: { state: 'delivered' } } });
const title: string | null | undefined = data?.books[0]?.title;
const { error } = await POST('/v1/books/{id}/cancel', { params: { path: { id: 'x' } } });
const code: string | undefined = error?.code;
// @ts-expect-error: there is no such state
await GET('/v1/books', { params: { query: { state: 'lost' } } });
console.log(title, code);
`;
const BOOK = `book: {title: The Lamp, language: en}
characters: {narrator: {sample: narrator.wav}}
chapters: [{title: Evening, text: The lamp was lit.}]
`;

let project: string;
beforeAll(async () => {
  // A project that has the package installed: its package.json, its build and its types, and nothing else of the repository.
  project = await mkdtemp(join(tmpdir(), 'examples-'));
  const installed = join(project, 'node_modules/narration-pipeline');
  await mkdir(installed, { recursive: true });
  await cp('package.json', join(installed, 'package.json'));
  await cp('dist', join(installed, 'dist'), { recursive: true });
  await symlink(resolve('node_modules'), join(installed, 'node_modules'));
  await mkdir(join(project, 'node_modules/@types'));
  await symlink(resolve('node_modules/@types/node'), join(project, 'node_modules/@types/node'));
  await run(process.execPath, [...NODE_FLAGS, 'tools/types.mjs', join(installed, 'dist/src/library/index.d.ts')]);
  await cp('examples', project, { recursive: true });
  await mkdir(join(project, 'books'));
  await cp('manifests/hello/voices/narrator.wav', join(project, 'books/narrator.wav'));
  await writeFile(join(project, 'books/lamp.yaml'), BOOK);
  const api = astToString(await openapiTS(openApiDocument() as Parameters<typeof openapiTS>[0]));
  await writeFile(join(project, 'api.ts'), api);
  await writeFile(join(project, 'client.ts'), CLIENT);
  await symlink(resolve('node_modules/openapi-fetch'), join(project, 'node_modules/openapi-fetch'));
  await symlink(
    resolve('node_modules/openapi-typescript-helpers'),
    join(project, 'node_modules/openapi-typescript-helpers'),
  );
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...quickEnvironment(),
};

describe('the examples', () => {
  it('compile with strict types and without those of our dependencies, and run', async () => {
    const strict = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
      'false',
      // TypeScript's own are nobody's concern here.
      '--skipDefaultLibCheck',
    ];
    const files = ['web-service.ts', 'batch.ts', 'custom-check.ts', 'second-take.ts', 'client.ts'];
    await run(process.execPath, [...NODE_FLAGS, TSC, ...strict, ...files], { cwd: project });

    const batch = await run(process.execPath, [...NODE_FLAGS, 'batch.js', 'books', 'work'], { cwd: project, env });
    expect(batch.stdout).toContain('lamp.yaml: done, 1 segments spoken, ');
    expect(batch.stderr).toBe('');

    const lamp = ['books/lamp.yaml', 'work/store', '1:1'];
    const spoken = await run(process.execPath, [...NODE_FLAGS, 'second-take.js', ...lamp], { cwd: project, env });
    expect(spoken.stdout).toMatch(/^1:1 narrator, “The lamp was lit\.”: take 2 is \w+, 1-1 take 2\.wav\n$/);
    expect(spoken.stderr).toBe('');

    const folder = 'work/books/The Lamp';
    const checked = await run(process.execPath, [...NODE_FLAGS, 'custom-check.js', folder, 'none'], {
      cwd: project,
      env,
    });
    expect(checked.stdout).toMatch(/01 - .*\.mp3: .*\d s\n/);

    const service = spawn(process.execPath, [...NODE_FLAGS, 'web-service.js', 'books/lamp.yaml', '0'], {
      cwd: project,
      env,
    });
    try {
      const [address] = (await once(service.stdout, 'data')) as [Buffer];
      const url = String(address).trim();
      expect((await fetch(url)).status).toBe(405);
      const leaving = new AbortController();
      const response = await fetch(url, { method: 'POST', signal: leaving.signal });
      const { value } = await response.body!.getReader().read();
      expect(JSON.parse(Buffer.from(value!).toString().split('\n')[0]!)).toMatchObject({
        type: 'run.started',
        sequence: 1,
      });
      leaving.abort();
    } finally {
      service.kill();
    }
  }, 120_000);
});
