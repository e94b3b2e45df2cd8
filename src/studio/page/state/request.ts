/** Requests to the studio's server, on this origin only. */
import { signal } from '@preact/signals';
import type { Problem } from '../../shapes.ts';
import { language } from '../words/words.ts';
import { BASE } from './base.ts';

/** The server refused a request, or did not answer (`code` is then `unreachable`). */
export class RefusedRequest extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Begins every address of the API. */
const API = `${BASE}/studio/api`;

/** Reads JSON. Throws `RefusedRequest`. */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return await answerOf(API + path, { ...(signal && { signal }) });
}

/** Reads a file for the person to save, under the name that the server gives it. Throws `RefusedRequest`. */
export async function getFile(path: string): Promise<{ name: string; content: Blob }> {
  const response = await responseOf(API + path, {});
  if (!response.ok) throw new RefusedRequest(problemOf(await response.text(), response));
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { name: name === undefined ? '' : decodeURIComponent(name), content: await response.blob() };
}

/** Reads JSON from a whole address of this origin. Throws `RefusedRequest`. */
export async function getAt<Answer>(address: string): Promise<Answer> {
  return await answerOf(address, {});
}

/** Asks for something at a whole address of this origin. Throws `RefusedRequest`. */
export async function postAt<Answer>(address: string): Promise<Answer> {
  return await answerOf(address, { method: 'POST' });
}

/** How many changes are under way: asked for by somebody, and not answered yet. */
export const changesUnderWay = signal(0);

/** Changes something. Throws `RefusedRequest`. */
export async function post<Answer>(path: string, body: object | ArrayBuffer): Promise<Answer> {
  changesUnderWay.value += 1;
  try {
    return await posted(path, body);
  } finally {
    changesUnderWay.value -= 1;
  }
}

async function posted<Answer>(path: string, body: object | ArrayBuffer): Promise<Answer> {
  const isSound = body instanceof ArrayBuffer;
  return await answerOf(API + path, {
    method: 'POST',
    headers: { 'content-type': isSound ? 'audio/wav' : 'application/json' },
    body: isSound ? body : JSON.stringify(body),
  });
}

/** As `post` with JSON, also while the page is being closed. Throws `RefusedRequest`. */
export async function send<Answer>(path: string, body: object): Promise<Answer> {
  return await answerOf(API + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    keepalive: true,
  });
}

/** Cancels something. Throws `RefusedRequest`. */
export async function remove(path: string): Promise<void> {
  await answerOf(API + path, { method: 'DELETE' });
}

/** Trades the token for a cookie. Throws `RefusedRequest`. */
export async function login(token: string): Promise<void> {
  await answerOf('/studio/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
}

/** Address of a sound, or of the events. */
export function addressIn(path: string): string {
  return API + path;
}

async function answerOf<Answer>(address: string, request: RequestInit): Promise<Answer> {
  const response = await responseOf(address, request);
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
  throw new RefusedRequest(problemOf(text, response));
}

async function responseOf(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, {
      ...request,
      headers: { ...request.headers, accept: 'application/json', 'accept-language': language.value, 'x-studio': '1' },
      cache: 'no-store',
      credentials: 'same-origin',
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new RefusedRequest(unreachable());
  }
}

function unreachable(): Problem {
  return { type: 'about:blank', title: '', status: 0, detail: '', code: 'unreachable' };
}

/** A refusal without a problem document comes from something between the page and the studio. */
function problemOf(text: string, { status, statusText }: Response): Problem {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.detail === 'string')
      return { type: 'about:blank', title: statusText, code: `http-${status}`, ...problem, status } as Problem;
  } catch {
    // Not JSON.
  }
  return { type: 'about:blank', title: statusText, status, detail: `${status} ${statusText}`, code: `http-${status}` };
}
