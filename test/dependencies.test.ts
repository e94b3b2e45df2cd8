/** What comes with the program: pinned, licensed, needing no scripts of its own; and the audit that CI makes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Entry {
  version: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
}

const readLock = (): { packages: Record<string, Entry> } => JSON.parse(readFileSync('package-lock.json', 'utf8'));
const entries = Object.entries(readLock().packages).filter(([path]) => path !== '');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dependencies-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tool(name: string, { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [resolve('tools', name), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

describe('package-lock.json', () => {
  it('names every package exactly, with the digest of its bytes', () => {
    for (const [path, { version, integrity, os, optional }] of entries) {
      expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
      // Binaries of other platforms that this registry does not carry; see .ci/complete-lock.mjs.
      const isElsewhere = os !== undefined && optional === true;
      if (!isElsewhere || integrity !== undefined) expect(integrity, path).toMatch(/^sha512-/);
    }
  });

  it('needs no package that runs a script when it is installed', () => {
    const scripted = entries.filter(([, { hasInstallScript, optional, dev }]) => hasInstallScript && !optional && !dev);
    expect(scripted).toEqual([]);
  });
});

describe('licences', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'docs'));
    cpSync('package-lock.json', join(folder, 'package-lock.json'));
    cpSync('docs/reference/licences.md', join(folder, 'docs/reference/licences.md'));
  });

  it('are all on the list, and docs/reference/licences.md is current', async () => {
    expect(await tool('licences.mjs', { args: ['--check'] })).toEqual({ code: 0, said: '' });
  });

  it('one that is not is refused, and so is a page that is not current', async () => {
    const lock = readLock();
    lock.packages['node_modules/ws']!.license = 'SSPL-1.0';
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const { code, said } = await tool('licences.mjs', { args: ['--check'] });
    expect(code).toBe(1);
    expect(said).toMatch(
      /^ws \S+: the licence "SSPL-1.0" is not on the list\.\ndocs\/reference\/licences\.md is not current/,
    );
  });
});

describe('the audit', () => {
  /** A registry that knows of one hole in ws, or of none that it could tell. */
  const auditWith = async (severity: string | undefined): Promise<{ code: number; said: string }> => {
    for (const name of ['package.json', 'package-lock.json']) cpSync(name, join(folder, name));
    const hole = { id: 1, url: 'https://advisories.test/1', title: 'A hole', severity, vulnerable_versions: '*' };
    const registry = createServer((request, response) => {
      if (severity === undefined) return response.writeHead(405).end();
      const isQuestion = request.url?.includes('/advisories/bulk');
      const versions = { '8.0.0': { name: 'ws', version: '8.0.0', dist: {} } };
      const body = isQuestion ? { ws: [hole] } : { name: 'ws', 'dist-tags': { latest: '8.0.0' }, versions };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const { port } = registry.address() as AddressInfo;
    const env = { npm_config_registry: `http://127.0.0.1:${port}`, npm_config_cache: join(folder, 'cache') };
    try {
      return await tool('audit.mjs', { env: { ...env, npm_config_fetch_retries: '0' } });
    } finally {
      registry.closeAllConnections();
      registry.close();
    }
  };

  it.each([
    [
      'a high hole fails the build',
      'high',
      1,
      /high: ws \* A hole https:\/\/advisories\.test\/1\n1 known holes.*, 1 of them high/,
    ],
    ['a low one is told', 'low', 0, /low: ws .*\n1 known holes.*, 0 of them high/],
    ['where nobody can be asked, that is said', undefined, 0, /^NOT AUDITED: .*405/],
  ])('%s', async (_what, severity, exit, says) => {
    const { code, said } = await auditWith(severity);
    expect(said).toMatch(says);
    expect(code).toBe(exit);
  });
});
