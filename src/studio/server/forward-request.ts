/** A request as another handler is to see it. */

/** The same request with another path or other headers; its body is passed on as it arrives. */
export function forwardRequest(request: Request, of: { url?: URL; headers: Headers }): Request {
  const { method, body, signal } = request;
  const init: RequestInit & { duplex?: 'half' } = { method, headers: of.headers, signal };
  return new Request(of.url ?? request.url, body === null ? init : { ...init, body, duplex: 'half' });
}
