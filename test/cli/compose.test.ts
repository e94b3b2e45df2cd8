/**
 * docker-compose.yml without Docker: every service is complete, and its very command runs as a process here, against a
 * Redis that was started with the file's own command.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { starterFiles } from '../../src/composition/starter-files.ts';
import { startRedis } from '../queue/redis-server.ts';
import { makeRig, type Rig, type Running } from './rig.ts';

interface Service {
  image?: string;
  build?: string;
  command: string | string[];
  restart?: string;
  healthcheck?: { test: string[] };
  deploy?: { replicas?: number; resources?: { limits?: { cpus?: string; memory?: string } } };
}

const { services } = parse(await readFile('docker-compose.yml', 'utf8')) as { services: Record<string, Service> };
const dockerfile = await readFile('Dockerfile', 'utf8');
const probe = await startRedis();
await probe?.stop();

describe('docker-compose.yml', () => {
  it('has a queue, two workers, a watcher and the page, each with a restart policy and limits', () => {
    expect(Object.keys(services).sort()).toEqual(['board', 'redis', 'watcher', 'worker']);
    expect(services['worker']?.deploy?.replicas).toBe(2);
    for (const service of Object.values(services)) {
      expect(service.restart).toBe('unless-stopped');
      expect(service.deploy?.resources?.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) });
    }
  });

  it('pins what it is built from, and runs as nobody special', () => {
    expect(services['redis']?.image).toMatch(/^redis:\d+\.\d+\.\d+-/);
    const bases = [...dockerfile.matchAll(/^FROM .*?(node:\d+\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64})/gm)];
    expect(bases).toHaveLength(dockerfile.match(/^FROM /gm)!.length);
    expect(new Set(bases.map(([, base]) => base)).size).toBe(1);
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/install .*ffmpeg/);
  });

  it('installs the optional packages as a part of the program, and looks whether they are there', () => {
    // They are tools of development too, in package.json: without --save-prod, --omit=dev leaves them out.
    expect(dockerfile).toMatch(/npm install --save-prod .*--omit=dev .*\$\(cat \/tmp\/optional\)/);
    expect(dockerfile).toMatch(/\/tmp\/optional \| xargs ls -d/);
  });

  it('has every tool that builds the program', async () => {
    const copied = /^COPY (tools\/.*) tools\/$/m.exec(dockerfile)![1]!.split(' ');
    for (const tool of copied) {
      const imports = (await readFile(tool, 'utf8')).matchAll(/^import .* from '\.\/(.*)';$/gm);
      for (const [, name] of imports) expect(copied, tool).toContain(`tools/${name}`);
    }
  });

  it('has every file that the program opens by its place in the package', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?:--from=build )?(.*)$/gm)].map(([, paths]) => paths ?? '');
    const final = copied.slice(copied.findIndex((paths) => paths.includes('node_modules')));
    const { voices, schema } = starterFiles();
    for (const path of [...voices, schema, resolve('package.json'), resolve('dist')]) {
      const name = relative('.', path);
      expect(
        final.flatMap((paths) => paths.split(' ')).some((one) => name.startsWith(one)),
        name,
      ).toBe(true);
    }
  });
});

describe.skipIf(probe?.restart === undefined)("the services' commands as processes", { timeout: 60_000 }, () => {
  let rig: Rig;
  let redis: ChildProcess;
  beforeEach(async () => {
    rig = await makeRig();
    await mkdir(rig.path('inbox'));
    const [program = '', ...args] = String(services['redis']?.command).split(' ');
    redis = spawn(program, [...args, '--port', '0', '--unixsocket', rig.path('redis.sock'), '--dir', rig.folder]);
    await expect.poll(() => rig.read('redis.sock').catch((error) => error.code)).toBe('ENXIO');
  });
  afterEach(async () => {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
    await rig.destroy();
  });

  /** The service's own command with this machine's folders and free ports. */
  const start = (name: string): Running => {
    const args = [services[name]?.command ?? []].flat().map((word) =>
      word
        .replace('/data', rig.folder)
        .replace(/^(3000|8080|9464)$/, '0')
        .replace('0.0.0.0', '127.0.0.1'),
    );
    return rig.start(args, { REDIS_URL: rig.path('redis.sock'), DASHSCOPE_API_KEY: 'any' });
  };

  it.each([
    ['worker', 'is ready'],
    ['watcher', 'Watching'],
    ['board', 'is shown at'],
  ])('%s starts, and stops when it is told to', async (name, ready) => {
    const running = start(name);
    await running.line(ready);
    running.child.kill('SIGTERM');
    expect((await running.done).code).toBe(0);
  });

  it("the health checks' own commands tell a live service from one that is gone", async () => {
    for (const [name, ready] of [
      ['worker', 'Metrics and health'],
      ['watcher', 'The HTTP API is at'],
      ['board', 'is shown at'],
    ] as const) {
      const running = start(name);
      const address = /http:\/\/\S*\d/.exec(await running.line(ready))?.[0] ?? '';
      const [, program = '', ...args] = services[name]?.healthcheck?.test ?? [];
      const check = async (): Promise<number> => {
        const child = spawn(
          program,
          args.map((word) => word.replace(/http:\/\/127\.0\.0\.1:\d+/, address)),
        );
        return (await once(child, 'exit'))[0] as number;
      };
      await expect.poll(check, { timeout: 10_000 }).toBe(0);
      running.child.kill('SIGTERM');
      await running.done;
      expect(await check()).toBe(1);
    }
  });
});
