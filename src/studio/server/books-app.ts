/** The page of all books of a watched folder, in front of its HTTP API: the same port, the same answers, the same rules. */
import { Hono } from 'hono';
import { type Access, openAccess, SECURITY_HEADERS } from './access.ts';
import { forwardRequest } from './forward-request.ts';
import { loginRoute } from './login-route.ts';
import type { PageFiles } from './page-files.ts';
import { problemOf, problemResponse, StudioProblem, wantsPage } from './problem.ts';

/** What the page of all books needs. */
export interface BooksAppOptions {
  /** The API, which decides and knows everything. */
  api(request: Request): Response | Promise<Response>;
  page: PageFiles;
  /** As the API's: undefined for this machine only. */
  token: string | undefined;
  /** Answers below `/books/ID/`: the studio of one book. */
  studioOf(id: string, request: Request): Promise<Response>;
}

/** Addresses of the page. */
const PAGES = ['/', '/books'];
/** The studio of a book, by its ID. */
const STUDIO = /^\/books\/([0-9a-f]{24})(\/.*)?$/;

/** Creates the handler of requests. What is not the page's goes to the API, with the token of whoever logged in to the page. */
export function createBooksApp({ api, page, token, studioOf }: BooksAppOptions): Hono {
  const access = openAccess(token);
  const app = new Hono();
  app.post('/studio/login', async (context) => secured(await loginRoute(access, context.req.raw)));
  for (const path of PAGES)
    app.get(path, async (context) => {
      access.check(context.req.raw, { open: true });
      return secured(await page.html('books'));
    });
  app.all('*', async (context) => {
    const request = context.req.raw;
    const [, id, path] = STUDIO.exec(context.req.path) ?? [];
    if (id !== undefined) {
      const isPage = !(path ?? '').startsWith('/studio/');
      access.check(request, { open: isPage });
      return studioOf(id, request);
    }
    const file = request.method === 'GET' ? await page.file(context.req.path) : undefined;
    if (file === undefined) {
      const answer = await api(asLoggedIn(access, request, token));
      // A person with a browser looks for a page; programs get the problem of the API.
      const isMissing = answer.status === 404 && wantsPage(request);
      return isMissing ? secured(problemResponse(nothingHere(), request, '/books')) : answer;
    }
    access.check(request, { open: true });
    return secured(file);
  });
  app.onError((error, context) => {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return secured(problemResponse(problem, context.req.raw, '/books'));
  });
  return app;
}

/** Whoever logged in to the page is known to the API; a change must come from the page itself. */
function asLoggedIn(access: Access, request: Request, token: string | undefined): Request {
  if (token === undefined || request.headers.has('authorization') || !access.isLoggedIn(request)) return request;
  access.check(request);
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${token}`);
  return forwardRequest(request, { headers });
}

function secured(response: Response): Response {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  return response;
}

function nothingHere(): StudioProblem {
  return new StudioProblem(404, 'no-resource', 'There is nothing at this address.');
}

/** The problem of a book that has no studio: why, in English and in Chinese. */
export function noStudio(detail: string, why: string): StudioProblem {
  return new StudioProblem(404, 'no-studio', detail, { values: { why } });
}
