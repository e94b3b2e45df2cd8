/** Which events of a watched folder a person is told: that a book has errors, failed, or needs an approval. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { InboxEvent } from '../watch/events.ts';
import { REJECTED_ENDING, STATUS_ENDING, STOPPED_NOTICE } from '../watch/file-names.ts';
import { type StatusLanguage, stateOfStatus } from '../watch/messages.ts';
import { personsPart } from '../watch/outage.ts';
import type { Note } from './note-format.ts';

/** What a book can need a person for. */
export type NoteState = 'approval' | 'attention' | 'errors' | 'failed' | 'over-budget';

/** The words for it. */
export const NOTE_STATES: Readonly<Record<StatusLanguage, Readonly<Record<NoteState, string>>>> = {
  en: {
    approval: 'needs approval',
    attention: 'needs attention',
    errors: 'has errors',
    failed: 'failed',
    'over-budget': 'is over budget',
  },
  zh: {
    approval: '需要批准',
    attention: '需要处理',
    errors: '有错误',
    failed: '失败',
    'over-budget': '超出预算',
  },
};

const WHAT_TO_DO: Readonly<Record<StatusLanguage, Record<'errors' | 'attention', (file: string) => string>>> = {
  en: {
    errors: (file) => `Fix the errors and save the file; it is then checked again. They are all in "${file}".`,
    attention: (file) =>
      `Fix the cause; the book is tried again automatically, and when its files change. See "${file}".`,
  },
  zh: {
    errors: (file) => `请改正错误并保存文件，之后会自动再次检查。全部错误见“${file}”。`,
    attention: (file) => `请排除原因；之后会自动重试，文件改变时也会重试。请看“${file}”。`,
  },
};

/**
 * The note about an event; undefined when no person is needed. The same event of a book has the same ID, also after restarts;
 * that of an outage on one day, `now`, too.
 */
export function noteOfEvent(event: InboxEvent, now = new Date(0)): Note | undefined {
  if (event.type === 'inbox.paused') return noteOfOutage(event, now);
  if (event.type !== 'inbox.attention' && event.type !== 'inbox.rejected') return undefined;
  const { path, title = bookName(path), version = '' } = event;
  const told = event.type === 'inbox.rejected' ? rejected(event.errors, path) : attention(event.why, path);
  return { id: noteId([event.type, path, version, told.reason]), title, path, ...told };
}

/** All books wait, and go on by themselves once the cause is gone. In both languages: it concerns no single book. */
function noteOfOutage({ why, code }: Extract<InboxEvent, { type: 'inbox.paused' }>, now: Date): Note | undefined {
  const todo = code && personsPart(code);
  if (code === undefined || todo === undefined) return undefined;
  const id = noteId(['inbox.paused', code, now.toISOString().slice(0, 10)]);
  const state = 'wait: nothing can be spoken at the moment · 目前无法朗读';
  return { id, title: 'All books · 所有书', path: STOPPED_NOTICE, state, reason: why, todo };
}

/** What a book without a title is called: of `novel/book.yaml` the folder says more than the file. */
export function bookName(path: string): string {
  const name = basename(path);
  const folder = basename(dirname(path));
  return /^(?:book|manifest)\.\w+$/i.test(name) && /[^.]/.test(folder) ? folder : name;
}

/** The ID of a note from what makes it the same. */
export function noteId(parts: readonly string[]): string {
  return `note_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

function rejected(errors: string, path: string): Pick<Note, 'state' | 'reason' | 'todo'> {
  const lines = errors.trim().split('\n');
  const language = languageOf(lines.at(-1) ?? '');
  const todo = WHAT_TO_DO[language].errors(`${basename(path)}${REJECTED_ENDING}`);
  return { state: NOTE_STATES[language].errors, reason: lines.slice(0, -1).join('\n').trim() || errors, todo };
}

/** `why`: a status text, such as `needs your approval: this costs about 5.00 CNY. To approve, … · spent in all runs: …`. */
function attention(why: string, path: string): Pick<Note, 'state' | 'reason' | 'todo'> {
  const language = languageOf(why.slice(0, 1));
  // What was spent changes with each try, and must not make a new note of it.
  const text = why.split(' · ')[0]!.replace(/^[^:：]*[:：]\s*/, '');
  if (stateOfStatus(why) !== 'waiting-approval') {
    const todo = WHAT_TO_DO[language].attention(`${basename(path)}${STATUS_ENDING}`);
    return { state: NOTE_STATES[language].attention, reason: text, todo };
  }
  const [, reason = text, todo = ''] = /^(.*?(?:\.(?= )|。))\s*(.+)$/s.exec(text) ?? [];
  return { state: NOTE_STATES[language].approval, reason, todo };
}

function languageOf(text: string): StatusLanguage {
  return /\p{Script=Han}/u.test(text) ? 'zh' : 'en';
}
