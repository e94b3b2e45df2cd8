/** The HTTP API of a watched folder: the handlers of the operations in src/web/routes.ts. */
import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { BookView, InboxView } from '../watch/view.ts';
import { authorizeRequest } from './authorize-request.ts';
import { approveBook, cancelBook, Decisions } from './cancel-and-approve.ts';
import type { EventLog } from './event-log.ts';
import { eventStream } from './event-stream.ts';
import { openApiDocument } from './openapi.ts';
import { ProblemError } from './problem.ts';
import {
  type LimitList,
  NO_RESOURCES,
  type Resources,
  reached,
  sampleResponse,
  type VoiceList,
  type WorkerList,
} from './resources.ts';
import {
  type Approval,
  BOOK_STATES,
  type Book,
  type BookDetails,
  type BookList,
  type Cancellation,
  type FileList,
  type Health,
  type QueueStatus,
  type Retry,
  type StoredReview,
  type Submission,
  type Validation,
} from './response-schemas.ts';
import { listResults, sendResult } from './result-files.ts';
import { putReview, sendReview } from './review-route.ts';
import type { Route } from './route.ts';
import { type Operation, ROUTES } from './routes.ts';
import { submitBook } from './submit-book.ts';
import { validateBook } from './validate-book.ts';

/** Options of the API. */
export interface ApiOptions {
  /** Undefined until watching has begun. */
  view: () => InboxView | undefined;
  log: EventLog;
  /** Voices, limits and workers. Default: none. */
  resources?: Resources;
  /** Undefined: only programs on this machine are authorized. */
  token: string | undefined;
  /** Receives unexpected errors, which are bugs of the program. */
  onFault(error: unknown): void;
}

/** Limits for simultaneous submissions and event listeners. */
const LIMITS = { submissions: 4, validations: 2, listeners: 64 };
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
/** Most failures of a book that are told one by one. */
const MOST_FAILURES = 20;

type Handler = (context: Context, view: InboxView) => Promise<Response> | Response;

/** Creates the API. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono();
  for (const [operation, handle] of Object.entries(createHandlers(options))) {
    const { method, path, open = false }: Route = ROUTES[operation as Operation];
    app.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      if (!open) authorizeRequest(context.req.raw.headers, options);
      return handle(context, open ? NO_VIEW : requireView(options));
    });
  }
  app.notFound(() => new ProblemError(404, 'No such resource. /openapi.json describes every route.').response());
  app.onError((error) => {
    if (error instanceof ProblemError) return error.response();
    options.onFault(error);
    return new ProblemError(500, 'Unexpected error. The log of the program has the details.').response();
  });
  return app;
}

/** Passed to operations that do not use the view. */
const NO_VIEW = {} as InboxView;

function requireView({ view }: ApiOptions): InboxView {
  const opened = view();
  if (opened === undefined)
    throw new ProblemError(503, 'The watcher is starting. Try again in a moment.', { 'retry-after': '1' }, 'starting');
  return opened;
}

function createHandlers({ log, resources = NO_RESOURCES }: ApiOptions): Record<Operation, Handler> {
  let submissions = 0;
  let validations = 0;
  let listeners = 0;
  const decisions = new Decisions();
  return {
    submit: async ({ req }, view) => {
      if (submissions >= LIMITS.submissions)
        throw new ProblemError(503, 'Too many books are being submitted. Try again in a moment.', {
          'retry-after': '5',
          connection: 'close',
        });
      const urgent = parseChoice('urgent', req.query('urgent') ?? 'false', ['true', 'false']) === 'true';
      submissions += 1;
      try {
        const { headers, body } = req.raw;
        const done = await submitBook(view, { headers, body, name: req.query('name'), urgent });
        return json<typeof Submission>(done, done.repeated ? 200 : 202, { location: `/v1/books/${done.id}` });
      } finally {
        submissions -= 1;
      }
    },
    validate: async ({ req }, view) => {
      if (validations >= LIMITS.validations)
        throw new ProblemError(503, 'Too many books are being checked. Try again in a moment.', {
          'retry-after': '2',
          connection: 'close',
        });
      validations += 1;
      try {
        return json<typeof Validation>(await validateBook(view, req.raw));
      } finally {
        validations -= 1;
      }
    },
    list: async ({ req }, view) => {
      const state = req.query('state');
      if (state !== undefined) parseChoice('state', state, BOOK_STATES);
      const limit = parseInteger('limit', req.query('limit') ?? String(DEFAULT_PAGE));
      const after = req.query('after') ?? '';
      const all = (await view.books()).filter(
        (book) => (state === undefined || book.state === state) && book.path > after,
      );
      const page = all.slice(0, limit);
      const next = all.length > page.length ? (page.at(-1)?.path ?? null) : null;
      return json<typeof BookList>({ books: page.map(toResponse), next });
    },
    book: async ({ req }, view) => {
      const book = await findBook(view, req.param('id'));
      // A store that cannot be reached must not hide the book.
      const spent = await view.spentOn(book).catch(() => book.spent);
      return json<typeof BookDetails>({ ...toResponse(book), spent: spent ?? null });
    },
    cancel: async ({ req }, view) => {
      const book = await findBook(view, req.param('id'));
      const renamedTo = await decisions.about(book.id, () => cancelBook(view, book));
      return json<typeof Cancellation>({ id: book.id, path: book.path, renamedTo }, 202);
    },
    approve: async ({ req }, view) => {
      const book = await findBook(view, req.param('id'));
      await decisions.about(book.id, () => approveBook(view, book));
      if (book.price === undefined) throw new Error(`Internal error: ${book.path} waits for approval without a price.`);
      return json<typeof Approval>({ id: book.id, path: book.path, price: book.price }, 202);
    },
    retry: async ({ req }, view) => {
      const book = await findBook(view, req.param('id'));
      if (!view.retry(book.id))
        throw new ProblemError(409, `There is nothing to try again. Its status is: ${book.status}`, {}, 'not-waiting');
      return json<typeof Retry>({ id: book.id, path: book.path }, 202);
    },
    review: async ({ req }, view) => sendReview(await findBook(view, req.param('id'))),
    putReview: async ({ req }, view) => {
      const stored = await putReview(view, await findBook(view, req.param('id')), req.raw);
      return json<typeof StoredReview>(stored, 200, { etag: stored.etag });
    },
    files: async ({ req }, view) => {
      const files = await listResults(view, await findBook(view, req.param('id')));
      return json<typeof FileList>({ files });
    },
    file: async ({ req }, view) => {
      const book = await findBook(view, req.param('id'));
      const { headers, method } = req.raw;
      return sendResult({ view, book, name: req.param('name') ?? '', headers, isHead: method === 'HEAD' });
    },
    // The queue's status; the operation keeps its published ID.
    line: async (_, view) => {
      const counts: Record<string, number> = {};
      for (const { state } of await view.books()) counts[state] = (counts[state] ?? 0) + 1;
      const { day, amount, reserved, limit = null } = await view.spentToday();
      return json<typeof QueueStatus>({
        counts,
        hold: view.pauseReason() ?? null,
        cause: view.pauseCause() ?? null,
        today: { day, spent: amount, reserved, limit },
      });
    },
    events: ({ req }) => {
      if (listeners >= LIMITS.listeners)
        throw new ProblemError(503, 'Too many clients are listening. Close another stream first.');
      if (req.raw.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS });
      listeners += 1;
      const onEnd = (): void => {
        listeners -= 1;
      };
      return new Response(eventStream(log, { lastId: req.header('last-event-id'), onEnd }), {
        headers: STREAM_HEADERS,
      });
    },
    voices: async () => json<typeof VoiceList>(await reached(resources.voices())),
    sample: async ({ req }) => {
      const sample = await reached(resources.sample(req.param('id') ?? ''));
      if (sample === undefined) throw new ProblemError(404, 'The recording of this voice is not in the store.');
      return sampleResponse(sample);
    },
    limits: async () => json<typeof LimitList>(await reached(resources.limits())),
    workers: async () => json<typeof WorkerList>(await reached(resources.workers())),
    document: () => json(openApiDocument()),
    health: () => json<typeof Health>({ ok: true }),
  };
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

function json<S extends z.ZodType = z.ZodType<object>>(
  value: z.output<S>,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

async function findBook(view: InboxView, id: string | undefined): Promise<BookView> {
  const book = id === undefined ? undefined : await view.book(id);
  if (book === undefined)
    throw new ProblemError(404, 'No such book. A book that was just submitted appears within a moment.');
  return book;
}

function toResponse(book: BookView): z.output<typeof Book> {
  const { id, path, urgent, state, status, progress } = book;
  return {
    id,
    path,
    title: book.title ?? null,
    author: book.author ?? null,
    urgent,
    state,
    status,
    statuses: book.statuses ?? null,
    missing: [...book.missing],
    errors: book.errors ?? null,
    errorTexts: book.errorTexts ?? null,
    failures: book.failures.slice(0, MOST_FAILURES).map(({ code, message, number, chapter }) => ({
      code,
      message,
      number: number ?? null,
      chapter: chapter ?? null,
    })),
    failed: book.failures.length,
    price: state === 'delivered' ? null : (book.price ?? null),
    spent: book.spent ?? null,
    granted: book.granted ?? null,
    progress: progress === undefined ? null : { ...progress, secondsLeft: progress.secondsLeft ?? null },
    chapters: book.delivered?.chapters ?? null,
    folder: book.delivered?.folder ?? null,
  };
}

function parseChoice(name: string, text: string, values: readonly string[]): string {
  if (values.includes(text)) return text;
  throw new ProblemError(400, `"${name}" must be one of ${values.join(', ')}.`);
}

function parseInteger(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= MAX_PAGE) return value;
  throw new ProblemError(400, `"${name}" must be an integer from 1 to ${MAX_PAGE}.`);
}
