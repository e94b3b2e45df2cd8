/**
 * A studio in memory for tests and pictures of its page: it answers as the contract (`src/studio/shapes.ts`) says, with a book
 * that is made up on the spot, so that a page can be shown books of 3,000 lines, hostile texts, and every kind of problem.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECURITY_HEADERS } from '../../src/studio/server/access.ts';
import type { Job, Line, StudioEvent, Take } from '../../src/studio/shapes.ts';
import { type Invented, inventBook } from './invented-book.ts';
import { ATTRIBUTIONS, BOOKS, CANDIDATES, LIMITS, PROPOSALS, QUEUE, VOICES, WORKERS } from './invented-lists.ts';
import { pageFile } from './page-files.ts';

/** A running studio. */
export interface RecordedStudio {
  address: string;
  invented: Invented;
  /** Method and path of every request. */
  requests: string[];
  /** Tells all pages something. */
  tell: (event: StudioEvent) => void;
  /** Answers the next request whose path has this text with a problem. */
  failNext: (path: string, problem: { status: number; [field: string]: unknown }) => void;
  close: () => Promise<void>;
}

/** Price of one take, in billionths. */
const NANOS = 4_100_000;

/** Starts it on a free port of this machine. */
export async function startRecordedStudio(invented: Invented = inventBook()): Promise<RecordedStudio> {
  const streams = new Set<ServerResponse>();
  const requests: string[] = [];
  const failures: { path: string; problem: { status: number; [field: string]: unknown } }[] = [];
  const tell = (event: StudioEvent): void => {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://studio');
    requests.push(`${request.method} ${url.pathname}`);
    const failure = failures.findIndex(({ path }) => url.pathname.includes(path));
    if (failure >= 0) return sendProblem(response, failures.splice(failure, 1)[0]!.problem);
    if (url.pathname === '/studio/api/events' || url.pathname === '/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': hello\n\n');
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return;
    }
    void answer({ request, response, url, invented, tell }).catch((error: unknown) =>
      sendProblem(response, { status: 500, detail: String(error), code: 'bug' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    invented,
    requests,
    tell,
    failNext: (path, problem) => failures.push({ path, problem }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  invented: Invented;
  tell: RecordedStudio['tell'];
}

async function answer(asked: Asked): Promise<void> {
  const { request, response, url, invented } = asked;
  const path = url.pathname;
  if (path === '/v1/books') return send(response, { books: BOOKS, next: null });
  if (path === '/v1/status') return send(response, QUEUE);
  if (path === '/v1/voices') return send(response, VOICES);
  if (path === '/v1/limits') return send(response, LIMITS);
  if (path === '/v1/workers') return send(response, WORKERS);
  if (!path.startsWith('/studio/api')) {
    const file = pageFile(path);
    if (file === undefined) return sendProblem(response, { status: 404, detail: 'No such file.', code: 'not-found' });
    response.writeHead(200, { 'content-type': file.type, ...SECURITY_HEADERS });
    return void response.end(file.bytes);
  }
  const [kind = '', name = '', what = ''] = path.slice('/studio/api/'.length).split('/').map(decodeURIComponent);
  const { book } = invented;
  if (request.method !== 'GET') return await change(asked, kind, name, what);
  if (kind === 'book') return send(response, book);
  if (kind === 'attributions') return send(response, name === 'candidates' ? CANDIDATES : ATTRIBUTIONS);
  if (kind === 'proposals') return send(response, { proposals: PROPOSALS });
  if (kind === 'jobs') return send(response, name === '' ? { jobs: [] } : invented.jobs.get(name));
  if (kind === 'suspects') return send(response, { lines: invented.suspects() });
  if (kind === 'chapters') {
    const chapter = invented.chapters.get(Number(name));
    if (chapter === undefined) return sendProblem(response, { status: 404, detail: 'No such chapter.', code: 'x' });
    if (what === '') return send(response, chapter);
    if (what === 'peaks') return send(response, invented.chapterPeaks(chapter.number));
    return sendSound(request, response, invented.chapterWav(chapter.number));
  }
  const line = invented.line(name);
  if (kind !== 'lines' || line === undefined)
    return sendProblem(response, { status: 404, detail: 'No such line.', code: 'x' });
  if (what === 'takes') return send(response, { takes: invented.takes(line) });
  return sendSound(request, response, invented.takeWav(line, Number(url.searchParams.get('take') ?? line.chosen)));
}

async function change(asked: Asked, kind: string, name: string, what: string): Promise<void> {
  const { request, response, invented, tell } = asked;
  if (request.headers['x-studio'] !== '1')
    return sendProblem(response, { status: 403, detail: 'The header x-studio is missing.', code: 'forbidden' });
  const bytes = await bodyOf(request);
  const body = request.headers['content-type'] === 'application/json' ? JSON.parse(bytes.toString()) : {};
  if (kind === 'undo') {
    const { undo = 'nothing', undoTold: told } = invented.book;
    return send(response, { undone: undo, ...(told && { told }), lines: [] });
  }
  if (kind === 'apply' && name === 'price') return send(response, { ...price(0), chapters: invented.unfinished() });
  if (kind === 'apply') return startJob(asked, { kind: 'apply' }, () => ({ chapters: invented.finishAll() }));
  if (kind === 'proposals') return send(response, { proposals: PROPOSALS.filter((one) => one.name !== body.name) });
  if (kind === 'words') return send(response, {});
  if (kind === 'chapters') {
    const open = invented.suspects().filter(({ chapter }) => chapter === Number(name));
    if (body.approved && open.length > 0 && !body.anyway)
      return sendProblem(response, {
        status: 409,
        detail: `Chapter ${name} has ${open.length} open faults.`,
        code: 'faults-open',
        values: { n: open.length },
        open: open.map(({ number }) => number),
      });
    invented.approve(Number(name), body);
    tell({ type: 'book', book: invented.book });
    return send(response, { chapter: invented.chapters.get(Number(name)) });
  }
  const line = invented.line(name)!;
  const done = (changes: Partial<Line>): void => {
    const changed = invented.change(line, changes);
    tell({ type: 'line', line: changed });
    tell({ type: 'book', book: invented.book });
    send(response, { line: changed });
  };
  if (what === 'price') return send(response, price(body.takes ?? 1));
  if (what === 'retake')
    return startJob(asked, { kind: 'retake', line: name }, () => ({ takes: invented.speak(line, body.takes) }));
  if (what === 'choose') return done(invented.choose(line, body));
  if (what === 'decide') return done(invented.decide(line, body));
  if (what === 'comments') return done({ comments: [...(line.comments ?? []), { text: body.text, by: body.by }] });
  if (what === 'recording') return done({ pickup: true, verdict: 'good', doubts: [] });
  if (what === 'words') {
    const file = line.file?.name ?? '';
    const difference = `--- ${file}\n+++ ${file}\n@@ -1 +1 @@\n-${line.text}\n+${body.words}\n`;
    if (!body.preview) tell({ type: 'line', line: invented.change(line, { text: body.words, editedNotSpoken: true }) });
    return send(response, { difference, file, version: 'v2' });
  }
}

function price(takes: number) {
  return { nanos: takes * NANOS, text: `${((takes * NANOS) / 1e9).toFixed(4)} CNY`, segments: takes };
}

/** A job of two steps. */
function startJob({ response, invented, tell }: Asked, of: Pick<Job, 'kind' | 'line'>, end: () => Job['result']): void {
  const id = `job-${invented.jobs.size + 1}`;
  const note = (job: Omit<Job, 'id' | 'kind' | 'line'>): void => {
    invented.jobs.set(id, { ...of, ...job, id });
    tell({ type: 'job', job: invented.jobs.get(id)! });
  };
  note({ state: 'speaking', percent: 40, message: 'Segment 1 of 2' });
  setTimeout(() => {
    const result = end();
    note({ state: 'done', percent: 100, message: 'Done', spent: '0.0123 CNY', ...(result && { result }) });
    tell({ type: 'book', book: invented.book });
  }, 200);
  send(response, { job: id }, 202);
}

function send(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

function sendProblem(response: ServerResponse, problem: { status: number; [field: string]: unknown }): void {
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'Problem', ...problem }));
}

function sendSound(request: IncomingMessage, response: ServerResponse, wav: Buffer): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const first = Number(range?.[1] ?? 0);
  const last = Math.min(range?.[2] ? Number(range[2]) : wav.length - 1, wav.length - 1);
  response.writeHead(range ? 206 : 200, {
    'content-type': 'audio/wav',
    'accept-ranges': 'bytes',
    'content-length': last - first + 1,
    ...(range && { 'content-range': `bytes ${first}-${last}/${wav.length}` }),
  });
  response.end(wav.subarray(first, last + 1));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** For tests that look at takes. */
export type { Take };
