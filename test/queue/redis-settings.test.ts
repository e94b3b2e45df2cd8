/** A misconfigured Redis is reported at the start, with the setting to change. Real servers, each configured that way. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { CERTIFICATE, PRIVATE_KEY } from '../book/certificate.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const probe = await startRedis();
const isOurs = probe?.restart !== undefined;
await probe?.stop();

/** A free port below the range from which a cluster's own port, 10,000 higher, would fall off the end. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]);
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}

async function withRedis(
  settings: readonly string[],
  use: (server: TestRedis, notices: string[]) => Promise<void>,
): Promise<void> {
  const server = await startRedis({ settings });
  if (server === undefined) throw new Error(`redis-server does not start with ${settings.join(' ')}`);
  try {
    await use(server, []);
  } finally {
    await server.stop();
  }
}

const opened = (redisUrl: string, notices: string[] = []) =>
  openQueue({ redisUrl, cacheDir: '/nowhere', notice: (message) => notices.push(message) });

describe.skipIf(!isOurs)('a Redis that is set up wrongly', () => {
  test('one that may drop jobs is used, and the setting is named', async () => {
    await withRedis(['--maxmemory-policy', 'allkeys-lru'], async (server, notices) => {
      const queue = await opened(server.url, notices);
      await queue.close();
      expect(notices).toEqual([expect.stringMatching(/allkeys-lru.*config set maxmemory-policy noeviction/)]);
    });
  });

  test('one of a cluster is refused', { retry: 2 }, async () => {
    const port = await freePort();
    await withRedis(['--port', String(port), '--cluster-enabled', 'yes'], async (server) => {
      await expect(opened(server.url)).rejects.toMatchObject({
        code: 'queue-unreachable',
        message: expect.stringMatching(/runs as a cluster.*"cluster-enabled no"/),
      });
    });
  });

  test('a replica is refused, and its primary named', async () => {
    await withRedis(['--replicaof', '127.0.0.1 1'], async (server) => {
      await expect(opened(server.url)).rejects.toMatchObject({
        code: 'queue-unreachable',
        message: expect.stringMatching(/read-only replica.*127\.0\.0\.1:1/),
      });
    });
  });

  test('no password given where one is demanded', async () => {
    const server = await startRedis({ password: 'right-secret' });
    try {
      await expect(opened(server!.url)).rejects.toMatchObject({
        message: expect.stringMatching(/refused the user or password.*redis:\/\/user:password@host/),
      });
    } finally {
      await server?.stop();
    }
  });

  describe('encryption', () => {
    const withTls = async (use: (port: number) => Promise<void>) => {
      const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      await Promise.all([writeFile(certFile, CERTIFICATE), writeFile(keyFile, PRIVATE_KEY)]);
      const port = await freePort();
      const tls = ['--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile];
      try {
        await withRedis([...tls, '--tls-ca-cert-file', certFile, '--tls-auth-clients', 'no'], () => use(port));
      } finally {
        await rm(folder, { recursive: true });
      }
    };

    test('spoken to in the clear: rediss:// is named', async () => {
      await withTls(async (port) => {
        await expect(opened(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
          message: expect.stringMatching(/requires TLS, write rediss:\/\//),
        });
      });
    });

    test('a certificate that nobody here knows: the way to make it known', async () => {
      await withTls(async (port) => {
        await expect(opened(`rediss://localhost:${port}`)).rejects.toMatchObject({
          message: expect.stringMatching(/certificate is not trusted here: set NODE_EXTRA_CA_CERTS/),
        });
      });
    });

    test('spoken to with TLS where there is none: redis:// is named', async () => {
      const port = await freePort();
      await withRedis(['--port', String(port)], async () => {
        await expect(opened(`rediss://127.0.0.1:${port}`)).rejects.toMatchObject({
          message: expect.stringMatching(/does not speak TLS on this port, write redis:\/\//),
        });
      });
    });
  });
});
