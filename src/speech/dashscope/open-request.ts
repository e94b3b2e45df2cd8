/** A request that is connected first and sent afterwards. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** A request of which nothing has left. */
export interface OpenRequest {
  /**
   * Resolves when there is a connection, encrypted where the address asks for that: what is written then leaves at once. Rejects
   * with the error of the connection; called again, when it has ended since.
   */
  connect(): Promise<void>;
  /** Opens it without waiting; its first byte leaves with the first that is written to it. */
  request(): ClientRequest;
  /** Resolves when the answer begins. Rejects with the error of the connection. */
  answer(): Promise<IncomingMessage>;
  /** Closes the connection, where there is one: the request is not sent. */
  drop(): void;
}

/** `start` makes the request, which begins to connect; called once, when it is needed. */
export function openRequest(start: () => ClientRequest): OpenRequest {
  let opened: { request: ClientRequest; connected: Promise<void>; answered: Promise<IncomingMessage> } | undefined;
  const open = (): NonNullable<typeof opened> => {
    if (opened !== undefined) return opened;
    const request = start();
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // The listener stays: a connection that breaks after the answer has begun emits another error, and an unhandled 'error'
      // event would end the process.
      request.on('error', reject);
    });
    const connected = Promise.race([untilConnected(request), answered.then(() => undefined)]);
    for (const promise of [answered, connected]) promise.catch(() => undefined);
    opened = { request, connected, answered };
    return opened;
  };
  return {
    async connect() {
      const { request, connected, answered } = open();
      await connected;
      // Its error is why.
      if (request.destroyed) await answered;
    },
    request: () => open().request,
    answer: () => open().answered,
    drop: () => void opened?.request.destroy(),
  };
}

/** Never rejects. */
function untilConnected(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    request.once('socket', (socket) => {
      const isTls = socket instanceof TLSSocket;
      if (request.reusedSocket || (!isTls && !socket.connecting)) resolve();
      else socket.once(isTls ? 'secureConnect' : 'connect', () => resolve());
    });
  });
}
