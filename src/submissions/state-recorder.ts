/** Records the state of a running book in the store, from the events of its run. */
import { isDelivered } from '../events/delivered.ts';
import type { PipelineEvent, ReportedFailure, RunFinishedEvent } from '../events.ts';
import type { Store } from '../store/store.ts';
import {
  type BookFailure,
  type BookState,
  type BookStatus,
  putBookState,
  type Submission,
} from '../store/submissions.ts';

/** Limit for recorded failures; the report of the run has all of them. */
const MAX_FAILURES = 100;
/** Shortest time between two writes, in milliseconds. */
const MIN_WRITE_INTERVAL_MS = 1_000;
/** Time between two heartbeats, in milliseconds. */
const HEARTBEAT_MS = 5_000;
/** A run without a heartbeat for this long, in milliseconds, has died. */
export const HEARTBEAT_TIMEOUT_MS = 20_000;

/** The recorder of one run. */
export interface StateRecorder {
  /** Records an event. Never throws. */
  record(event: PipelineEvent): void;
  /** Writes the last state. `trouble`: what stopped the book; `notBefore`: when it is retried automatically. */
  end(status: BookStatus, more?: { trouble?: ReportedFailure | undefined; notBefore?: Date }): Promise<void>;
}

/** Opens a recorder. When the store cannot be written, the record is incomplete, but the run continues. */
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
      if (event.plan.partial !== undefined) state.partial = event.plan.partial;
      break;
    case 'progress':
      state.voices = event.voices;
      state.segments.done = stored + event.segments.done - state.segments.failed;
      state.chapters = event.chapters;
      break;
    case 'segment.failed': {
      const { chapter, ordinal, number, character, text, code, message } = event;
      state.segments.failed += 1;
      failed({ chapter, ordinal, ...(number !== undefined && { number }), character, text, code, message });
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

/** The last event counts every segment of the text; progress counts only distinct segments that had to be spoken. */
function recordEnd(state: BookState, { segments, chapters, folder }: RunFinishedEvent): void {
  const { total, synthesized, reused, failed } = segments;
  state.segments = { done: synthesized + reused, total, failed };
  state.chapters = { done: chapters.filter(isDelivered).length, total: chapters.length };
  state.folder = folder;
}
