/** Changes as they happen, whoever makes them: this page, another one, a command, a run. */
import { signal } from '@preact/signals';
import type { Job, StudioEvent } from '../../shapes.ts';
import { t } from '../words/words.ts';
import { attributionsChanged } from './attributions.ts';
import { showHeard } from './heard.ts';
import { needsLogin, tellDone, tellProblem } from './notices.ts';
import { addressIn, RefusedRequest } from './request.ts';
import { route } from './route.ts';
import { book, chapters, jobs, loadJobs, noteLineChange, refresh, takes } from './studio.ts';

/** Whether the server answers. */
export const isConnected = signal(true);

/** Changes often come several at a time: they are waited for this long, in milliseconds, and asked for once. */
const SETTLED_MS = 150;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Begins to listen; once for a page. */
export function listen(): void {
  const source = new EventSource(addressIn('/events'));
  source.onopen = () => {
    // What happened while nobody listened is not told again.
    if (!isConnected.value) {
      isConnected.value = true;
      refreshSoon();
      void loadJobs().catch(() => undefined);
    }
  };
  source.onerror = () => {
    if (needsLogin.value) source.close();
    else isConnected.value = false;
    if (source.readyState === EventSource.CLOSED && !needsLogin.value) {
      source.close();
      setTimeout(listen, 2_000);
    }
  };
  source.onmessage = ({ data }) => take(JSON.parse(data as string) as StudioEvent);
}

/** Asks again for what is shown, once for several changes. */
export function refreshSoon(): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { value } = route;
    const open = value.at === 'overview' ? undefined : value.line;
    const chapter = value.at === 'chapter' ? value.chapter : chapterOf(open);
    const known = chapter !== undefined && chapters.value.has(chapter) ? chapter : undefined;
    void refresh({ ...(known !== undefined && { chapter: known }), ...(open !== undefined && { open }) }).catch(
      (error: unknown) => {
        // The stream says that the server is gone; more words would say it twice.
        if (!(error instanceof RefusedRequest && error.problem.status === 0)) tellProblem(error);
      },
    );
  }, SETTLED_MS);
}

function chapterOf(number: string | undefined): number | undefined {
  return number === undefined ? undefined : Number(number.split(':')[0]);
}

function take(event: StudioEvent): void {
  switch (event.type) {
    case 'line':
      noteLineChange(event.line);
      forgetTakes(event.line.number);
      refreshSoon();
      break;
    case 'book': {
      const changed = event.book.version !== book.value?.version;
      book.value = event.book;
      if (changed) {
        refreshSoon();
        attributionsChanged();
      }
      break;
    }
    case 'review':
      refreshSoon();
      break;
    case 'heard':
      showHeard(event.lines, event.chapters);
      break;
    case 'attributions':
      attributionsChanged(event.page);
      break;
    case 'job':
      noteJob(event.job);
      break;
  }
}

/** Takes of a line that is not open are asked for again when it is opened. */
function forgetTakes(number: string): void {
  if (route.value.at !== 'overview' && route.value.line === number) return;
  const kept = new Map(takes.value);
  if (kept.delete(number)) takes.value = kept;
}

/** Notes where a job is; an end is told once. */
export function noteJob(job: Job): void {
  const before = jobs.value.get(job.id);
  jobs.value = new Map(jobs.value).set(job.id, job);
  if (!isOver(job) || (before !== undefined && isOver(before))) return;
  refreshSoon();
  if (job.state === 'failed' && job.problem !== undefined) tellProblem(new RefusedRequest(job.problem));
  const spoken = job.result?.takes?.length ?? 0;
  if (job.state === 'done' && job.kind === 'retake' && spoken > 0)
    tellDone(t('newTakes', { number: job.line ?? '', n: spoken }));
}

/** Whether a job has ended. */
export function isOver({ state }: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}
