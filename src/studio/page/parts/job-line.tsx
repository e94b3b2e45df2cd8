/** A job as it goes: what happens, how far it is, and the way to cancel it. */
import type { Job, JobState } from '../../shapes.ts';
import { isOver } from '../state/live.ts';
import { detailOf } from '../state/notices.ts';
import { remove } from '../state/request.ts';
import { attempt } from '../state/studio.ts';
import { type TextName, t, translated } from '../words/words.ts';
import { Button } from './button.tsx';

const NAMES: Readonly<Record<JobState, TextName>> = {
  waiting: 'jobWaiting',
  speaking: 'jobSpeaking',
  mastering: 'jobMastering',
  binding: 'jobBinding',
  done: 'jobDone',
  failed: 'jobFailed',
  cancelled: 'jobCancelled',
};

/** What it is doing; a job that failed has the words of its problem. */
export function wordsOf({ message, doing, problem }: Job): string {
  if (problem !== undefined) return detailOf(problem);
  return doing === undefined ? message : translated('job', doing, message);
}

/** The job. */
export function JobLine({ job }: { job: Job }) {
  const { state, percent, line, spent } = job;
  const message = wordsOf(job);
  const name = t(NAMES[state]);
  return (
    <div class={`job ${state}`} role="status">
      <span class="job-text">
        <strong>{line === undefined ? name : `${line} · ${name}`}</strong> <span class="hint">{message}</span>
        {spent !== undefined && <span class="hint"> {t('jobSpent', { price: spent })}</span>}
      </span>
      {!isOver(job) && (
        <>
          <progress max={100} value={percent} aria-label={name} />
          <Button look="quiet" onPress={() => void attempt(() => remove(`/jobs/${job.id}`))}>
            {t('cancel')}
          </Button>
        </>
      )}
    </div>
  );
}
