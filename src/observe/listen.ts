/** Opens a server's port and tells where it is. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PipelineError, systemCode } from '../errors.ts';

/** A running server. */
export interface Listening {
  /** `http://127.0.0.1:9464`. */
  url: string;
  /** Ends it, open connections included. */
  close(): Promise<void>;
}

/** Resolves when the server listens; port 0 takes a free one. Fails with `port-unavailable`. */
export async function listen(
  server: Server,
  { host, port, flag }: { host: string; port: number; flag: string },
): Promise<Listening> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `${host}:${port} can not be listened on (${systemCode(cause) ?? 'unknown reason'}). Give another ${flag}; 0 takes a free one.`;
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
