/** What the page tells: answers to what somebody did, and problems. */
import { signal } from '@preact/signals';
import type { Problem } from '../../shapes.ts';
import { type TextName, t, translated } from '../words/words.ts';
import { RefusedRequest } from './request.ts';

/** Something to tell. A problem stays until it is dismissed. */
export interface Notice {
  id: number;
  kind: 'done' | 'problem';
  title: string;
  detail?: string;
  /** What can be done about it here. */
  action?: { label: string; run: () => void };
}

/** What is told now, the latest last. */
export const notices = signal<readonly Notice[]>([]);
/** Whether the server requires a token that this browser does not have. */
export const needsLogin = signal(false);

/** How long an answer is shown, in milliseconds. */
const SHOWN_MS = 6_000;
/** Most notices at once. */
const MOST = 4;
let lastId = 0;

/** Tells that something was done. */
export function tellDone(title: string, action?: Notice['action']): void {
  const id = add({ kind: 'done', title, ...(action && { action }) });
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Tells a problem, with a heading. */
export function tellProblem(error: unknown, action?: Notice['action']): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (!(error instanceof RefusedRequest)) {
    add({ kind: 'problem', title: t('problem'), detail: error instanceof Error ? error.message : String(error) });
    return;
  }
  const { problem } = error;
  if (problem.status === 401) {
    needsLogin.value = true;
    return;
  }
  add({ kind: 'problem', title: headingOf(problem), detail: detailOf(problem), ...(action && { action }) });
}

/** Tells that the page itself could not do something. */
export function tellFailed(detail: string): void {
  add({ kind: 'problem', title: t('problem'), detail });
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id);
}

/** The words of a problem. */
export function detailOf(problem: Problem): string {
  return problem.code === 'unreachable' ? t('serverGone') : translated('problem', problem, problem.detail);
}

function headingOf({ status, code }: Problem): string {
  if (/budget|grant|money/.test(code)) return t('overBudget');
  // Nobody else need have done anything.
  if (code === 'nothing-to-undo') return t('problem');
  const names: Record<number, TextName> = { 403: 'notAllowed', 404: 'notFound', 409: 'conflict' };
  return t(names[status] ?? 'problem');
}

function add(notice: Omit<Notice, 'id'>): number {
  const same = notices.value.find(({ title, detail }) => title === notice.title && detail === notice.detail);
  if (same !== undefined) return same.id;
  const id = ++lastId;
  notices.value = [...notices.value, { ...notice, id }].slice(-MOST);
  return id;
}
