/** Logging in to a page: the token, once, for a cookie. */
import type { Access } from './access.ts';

/** The answer to `POST /studio/login`. Throws a `StudioProblem` for a wrong token. */
export async function loginRoute(access: Access, request: Request): Promise<Response> {
  access.check(request, { open: true });
  const body: unknown = await request.json().catch(() => undefined);
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
  return Response.json(
    { ok: true },
    { headers: { 'set-cookie': await access.login(token), 'cache-control': 'no-store' } },
  );
}
