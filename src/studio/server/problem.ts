/** Problems of the studio: what is wrong and what to do, with a code for the page. */
import { PipelineError } from '../../errors.ts';
import { ProblemError } from '../../web/problem.ts';
import type { Problem, ProblemCode } from '../shapes.ts';

/** A `ProblemError` with a code that the page has words for, the `values` of those words, and what else the page needs to know. */
export class StudioProblem extends ProblemError {
  override readonly code: ProblemCode;
  readonly more: Partial<Problem>;

  constructor(status: number, code: ProblemCode, detail: string, more: Partial<Problem> = {}) {
    super(status, detail);
    this.code = code;
    this.more = more;
  }

  override response(): Response {
    return Response.json(this.shown(), {
      status: this.status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.headers },
    });
  }

  /** As the page gets it. */
  shown(): Problem {
    const { status, code, message: detail, more } = this;
    return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, code, ...more };
  }
}

/** Titles that the page can show as headings. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Not understood',
  401: 'Log in first',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Something has changed',
  413: 'Too large',
  415: 'Wrong kind of data',
  416: 'No such part of the sound',
  422: 'Cannot be done',
  500: 'Unexpected error',
  503: 'Not available now',
  507: 'The store or the disk does not take it',
};

/** Which status a failure of the world has. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'take-missing': 404,
  'over-budget': 422,
  'key-missing': 422,
  'input-unreadable': 507,
  'store-unwritable': 507,
  'disk-full': 507,
};

/** A failure as a problem; undefined for a bug of the program. */
export function problemOf(error: unknown): StudioProblem | undefined {
  if (error instanceof StudioProblem) return error;
  if (error instanceof ProblemError) return new StudioProblem(error.status, 'request', error.message);
  if (error instanceof PipelineError) return new StudioProblem(STATUS_OF[error.code] ?? 503, error.code, error.message);
  return undefined;
}

/**
 * The response of a problem: a page where a person looked for one with a browser, otherwise JSON. `home`: where the page leads.
 */
export function problemResponse(problem: StudioProblem, request: Request, home = '/'): Response {
  const { headers } = request;
  if (!wantsPage(request)) return problem.response();
  const isChinese = /^\s*zh\b/i.test(headers.get('accept-language') ?? '');
  const shown = problem.shown();
  const { status, title, detail } = shown;
  const back = isChinese ? '返回' : 'To the start';
  const isEmpty = status === 404 && shown.code !== 'no-studio';
  const heading = isChinese ? `${status} · ${isEmpty ? '此地址没有内容' : '无法显示'}` : `${status} · ${title}`;
  const words = isChinese ? (shown.values?.['why'] ?? (status === 404 ? '' : detail)) : detail;
  // Errors of a book have a line of the author's each, with a caret below it.
  const element = /\n/.test(String(words).trim()) ? 'pre' : 'p';
  const said = words === '' ? '' : `<${element}>${escaped(String(words).trim())}</${element}>`;
  const html = `<!doctype html>
<html lang="${isChinese ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(heading)}</title>
<h1>${escaped(heading)}</h1>
${said}
<p><a href="${escaped(home)}">${back}</a></p>
</html>
`;
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** Whether a person with a browser asks, and no program. */
export function wantsPage({ headers, method }: Request): boolean {
  return method === 'GET' && /\btext\/html\b/.test(headers.get('accept') ?? '');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** The store is gone: what was asked would be about takes that nobody can hear. Nothing was changed. */
export function storeGoneProblem(place: string): StudioProblem {
  return new StudioProblem(
    503,
    'store-gone',
    `The store at ${place} is gone. Nothing was changed. Bring it back; what you typed stays here.`,
  );
}
