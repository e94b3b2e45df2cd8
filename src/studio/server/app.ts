/** The HTTP side of a studio: who may in, the page, and the routes. */
import { Hono } from 'hono';
import { PipelineError } from '../../errors.ts';
import { addAttributionRoutes } from '../attributions/attribution-routes.ts';
import { isGone } from '../book/current-book.ts';
import { addChangingRoutes } from '../changes/changing-routes.ts';
import { addHandingOutRoutes } from '../handing-out/handing-out-routes.ts';
import { addHeardRoutes } from '../heard/heard-routes.ts';
import { addProposalRoutes } from '../proposals/proposal-routes.ts';
import type { Studio } from '../studio.ts';
import { openAccess, SECURITY_HEADERS } from './access.ts';
import { loginRoute } from './login-route.ts';
import type { PageFiles } from './page-files.ts';
import { problemOf, problemResponse, StudioProblem, storeGoneProblem } from './problem.ts';
import { addReadingRoutes } from './reading-routes.ts';

/** What the server needs. */
export interface StudioAppOptions {
  studio: Studio;
  page: PageFiles;
  /** Undefined: only this machine is allowed in. */
  token: string | undefined;
  /** Receives unexpected errors, which are bugs of the program. */
  onFault(error: unknown): void;
}

/** Addresses of the page itself; all have the same HTML. */
const PAGES = ['/', '/chapters/:n', '/suspects', '/attributions', '/proposals', '/books'];

/** Creates the handler of requests. */
export function createStudioApp(options: StudioAppOptions): Hono {
  const { studio, page, token, onFault } = options;
  const access = openAccess(token);
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
  });
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.use('/studio/api/*', async (context, next) => {
    access.check(context.req.raw);
    const { method, path } = context.req;
    if ((method !== 'GET' && method !== 'HEAD') || OF_STORE.test(path)) await refuseWithoutStore(studio);
    await next();
  });
  app.post('/studio/login', async (context) => loginRoute(access, context.req.raw));
  addReadingRoutes(app, studio);
  addHandingOutRoutes(app, studio);
  addChangingRoutes(app, studio);
  addAttributionRoutes(app, studio);
  addHeardRoutes(app, studio);
  addProposalRoutes(app, studio);
  for (const path of PAGES)
    app.get(path, (context) => {
      access.check(context.req.raw, { open: true });
      return page.html();
    });
  app.get('*', async (context) => {
    access.check(context.req.raw, { open: true });
    const file = await page.file(context.req.path);
    if (file === undefined) throw new StudioProblem(404, 'no-resource', 'There is nothing at this address.');
    return file;
  });
  app.notFound((context) =>
    problemResponse(new StudioProblem(404, 'no-resource', 'There is nothing at this address.'), context.req.raw),
  );
  app.onError(async (error, context) => {
    const problem = (await problemOfGone(error, studio)) ?? problemOf(error);
    if (problem !== undefined) return problemResponse(problem, context.req.raw);
    onFault(error);
    return new StudioProblem(
      500,
      'internal',
      'Unexpected error. The terminal of the program has the details.',
    ).response();
  });
  return app;
}

/** Of what a store that is gone does not have; undefined for everything else. */
async function problemOfGone(error: Error, { current }: Studio): Promise<StudioProblem | undefined> {
  const isOfStore = error instanceof PipelineError || (error instanceof StudioProblem && STORED.has(error.code));
  const { store } = current.last();
  if (!isOfStore || !(await isGone(store))) return undefined;
  await current.now();
  return storeGoneProblem(store.location);
}

/** What would be silent, flat or empty without the store, as if nothing had been spoken. */
const OF_STORE = /\/(?:sound|peaks|finished|takes|suspects|handout|pickups(?:\.csv|\/[^/]+))$/;

/** Problems of what the store lacks. */
const STORED = new Set(['take-missing', 'not-finished']);

/** Without its store, a decision would be about takes that nobody can hear: it waits until the store is back. Throws a `StudioProblem`. */
async function refuseWithoutStore({ current }: Studio): Promise<void> {
  const { store } = current.last();
  if (!(await isGone(store))) return;
  // Every page shows it.
  await current.now();
  throw storeGoneProblem(store.location);
}
