/** Keeps the record of where a book stands while it runs, from the run's own events. */
import type { PipelineEvent, RunFinishedEvent, Trouble } from '../events.ts';
import type { Store } from '../store/store.ts';
import {
  type BookFailure,
  type BookState,
  type BookStatus,
  putBookState,
  type Submission,
} from '../store/submissions.ts';

/** Most failures that are kept; a run's own report has them all. */
const MAX_FAILURES = 100;
/** Least milliseconds between two writes. */
const MIN_WRITE_INTERVAL_MS = 1_000;
/** Shown to be alive at least this often, in milliseconds. */
const HEARTBEAT_MS = 5_000;
/** A book without a sign of life for so long, in milliseconds, has lost whoever saw it through. */
export const HEARTBEAT_TIMEOUT_MS = 20_000;

/** The record under way. */
export interface StateRecorder {
  /** Notes what an event says. Never throws. */
  record(event: PipelineEvent): void;
  /** The last entry; what stops a book is told, and `notBefore` when it is to be tried again by itself. */
  end(status: BookStatus, more?: { trouble?: Trouble | undefined; notBefore?: Date }): Promise<void>;
}

/** Begins the record. A store that can not be written just now costs the record, never the run. */
export function openStateRecorder(store: Store, { id, revision }: Submission, runner: string): StateRecorder {
  const state: BookState = {
    revision,
    status: 'running',
    beatAt: new Date().toISOString(),
    runner,
    voices: { done: 0, total: 0 },
    segments: { done: 0, total: 0, failed: 0 },
    chapters: { done: 0, total: 0 },
    failures: [],
  };
  let stored = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const write = (): Promise<unknown> => {
    const entry = { ...state, beatAt: new Date().toISOString() };
    writing = writing.then(() => putBookState(store, id, entry)).catch(() => undefined);
    return writing;
  };
  let writeTimer: NodeJS.Timeout | undefined;
  const scheduleWrite = (): void => {
    writeTimer ??= setTimeout(() => {
      writeTimer = undefined;
      void write();
    }, MIN_WRITE_INTERVAL_MS);
  };
  const heartbeat = setInterval(() => void write(), HEARTBEAT_MS);
  void write();
  return {
    record: (event) => {
      if (event.type === 'run.planned') stored = event.segments.reuse;
      recordEvent(state, event, stored);
      scheduleWrite();
    },
    end: async (status, { trouble, notBefore } = {}) => {
      clearInterval(heartbeat);
      clearTimeout(writeTimer);
      state.status = status;
      if (trouble !== undefined) state.trouble = trouble;
      if (notBefore !== undefined) state.notBefore = notBefore.toISOString();
      await write();
    },
  };
}

function recordEvent(state: BookState, event: PipelineEvent, stored: number): void {
  const failed = (failure: BookFailure): void => {
    if (state.failures.length < MAX_FAILURES) state.failures.push(failure);
  };
  switch (event.type) {
    case 'run.planned':
      state.voices = { done: 0, total: event.voices.enroll };
      state.segments = { done: stored, total: event.segments.total, failed: 0 };
      state.chapters = { done: 0, total: event.chapters.total };
      break;
    case 'progress':
      state.voices = event.voices;
      state.segments.done = stored + event.segments.done - state.segments.failed;
      state.chapters = event.chapters;
      break;
    case 'segment.failed': {
      const { chapter, ordinal, character, text, code, message } = event;
      state.segments.failed += 1;
      failed({ chapter, ordinal, character, text, code, message });
      break;
    }
    case 'voice.failed':
      failed({ character: event.characters.join(', '), code: event.code, message: event.message });
      break;
    case 'chapter.failed':
      failed({ chapter: event.index, code: event.code, message: event.message });
      break;
    case 'book.failed':
      failed({ code: event.code, message: event.message });
      break;
    case 'run.finished':
      recordEnd(state, event);
      break;
    default:
  }
}

/** The closing account counts every segment of the text; progress counts distinct ones that were to be spoken. */
function recordEnd(state: BookState, { segments, chapters, folder }: RunFinishedEvent): void {
  const { total, synthesized, reused, failed } = segments;
  state.segments = { done: synthesized + reused, total, failed };
  state.chapters = { done: chapters.filter(({ files }) => files.length > 0).length, total: chapters.length };
  state.folder = folder;
}
