/** Opens a server's port and returns its URL. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PipelineError, systemCode } from '../errors.ts';

/** A running server. */
export interface Listening {
  /** `http://127.0.0.1:9464`. */
  url: string;
  /** Closes it, including open connections. */
  close(): Promise<void>;
}

/** Resolves when the server listens; port 0 uses a free one. Fails with `port-unavailable`. */
export async function listen(
  server: Server,
  { host, port, flag }: { host: string; port: number; flag: string },
): Promise<Listening> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `${whyNot(systemCode(cause), `${host}:${port}`)} Choose another ${flag}; 0 uses a free port.`;
    throw new PipelineError({ code: 'port-unavailable', message, retry: 'never', cause });
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function whyNot(code: string | undefined, address: string): string {
  if (code === 'EADDRINUSE') return `Another program uses ${address}; it may be one of yours that still runs.`;
  if (code === 'EACCES') return `This program is not allowed to use ${address}.`;
  return `${address} is not available (${code ?? 'unknown reason'}).`;
}
