/** The note about a book that failed in a run of its own, or in the background. */
import type { FailureCode, ReportedFailure } from '../events.ts';
import { type StatusLanguage, statusLanguage } from '../watch/messages.ts';
import type { Note } from './note-format.ts';
import { bookName, NOTE_STATES, type NoteState, noteId } from './note-of-event.ts';

/** A book that failed. */
export interface FailedBook {
  /** Absent when the manifest could not be read. */
  title?: string | undefined;
  manifest: string;
  /** ISO code; decides the language of the note. */
  language?: string | undefined;
  /** Why it stopped, or parts that failed; the first one is told. */
  failures: readonly (Omit<ReportedFailure, 'code'> & { code: FailureCode | string })[];
  /** The command that shows more, or goes on. */
  command: string;
  /** What makes the failure the same as an earlier one, which is then not told again. */
  sameAs: readonly string[];
}

const WHAT_TO_DO: Readonly<Record<StatusLanguage, (command: string) => string>> = {
  en: (command) => `Fix the cause, then: ${command}`,
  zh: (command) => `请排除原因，然后运行：${command}`,
};
const MORE: Readonly<Record<StatusLanguage, (count: number) => string>> = {
  en: (count) => ` (and ${count} more)`,
  zh: (count) => `（另有 ${count} 处）`,
};
const UNKNOWN: Readonly<Record<StatusLanguage, string>> = {
  en: 'something was not delivered, or fails its check; see report.html',
  zh: '有内容没有交付，或没有通过检查；请看 report.html',
};

/** The note. */
export function noteOfFailure(book: FailedBook): Note {
  const { manifest, failures, command, sameAs } = book;
  const language = statusLanguage(book.language);
  const [first] = failures;
  const others = failures.length - 1;
  const reason = first === undefined ? UNKNOWN[language] : first.message + (others > 0 ? MORE[language](others) : '');
  return {
    id: noteId([...sameAs, first?.code ?? '']),
    title: book.title ?? bookName(manifest),
    state: NOTE_STATES[language][stateOf(first?.code)],
    reason,
    todo: WHAT_TO_DO[language](command),
    path: manifest,
  };
}

function stateOf(code: string | undefined): NoteState {
  if (code === 'manifest-mistakes') return 'errors';
  return code === 'over-budget' ? 'over-budget' : 'failed';
}
