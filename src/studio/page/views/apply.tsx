/** Making what has changed: which chapters, at which price, how far, and then to hear it. */
import { useEffect, useState } from 'preact/hooks';
import type { Job } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { JobLine } from '../parts/job-line.tsx';
import { playFinished } from '../sound/player.ts';
import { apply, applyPrice } from '../state/decide.ts';
import { isOver } from '../state/live.ts';
import { detailOf } from '../state/notices.ts';
import { book, jobs } from '../state/studio.ts';
import { priceText } from '../text/server-words.ts';
import { usePrice, useSpending } from '../tools/use-price.ts';
import { t } from '../words/words.ts';
import { chapterKind } from './chapter-name.ts';

/** Chapters that are not as decided. */
function changedChapters(): number[] {
  return book.value?.chapters.filter(({ finished }) => !finished).map(({ number }) => number) ?? [];
}

/** The button in the head of the page. */
export function ApplyButton() {
  const [isOpen, setOpen] = useState(false);
  const many = changedChapters().length;
  const running = [...jobs.value.values()].some((job) => job.kind === 'apply' && !isOver(job));
  return (
    <>
      <Button icon="make" look={many > 0 ? 'main' : 'plain'} onPress={() => setOpen(true)}>
        {running || many === 0 ? t('apply') : t('applyCount', { n: many })}
      </Button>
      {isOpen && (
        <Dialog title={t('applyTitle')} onClose={() => setOpen(false)}>
          <Applying onHear={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function Applying({ onHear }: { onHear: () => void }) {
  const [started, setStarted] = useState<string | undefined>();
  const running = [...jobs.value.values()].find((job) => job.kind === 'apply' && !isOver(job));
  const job = jobs.value.get(started ?? '') ?? running;
  // Who opens the dialog while a job runs sees its end here, too.
  useEffect(() => {
    if (running !== undefined) setStarted(running.id);
  }, [running?.id]);
  if (job === undefined) return <Agree onStarted={setStarted} />;
  return (
    <>
      <JobLine job={job} />
      {job.state === 'done' && <Made job={job} onHear={onHear} />}
      {job.state === 'failed' && job.problem && <p class="reason bad">{detailOf(job.problem)}</p>}
    </>
  );
}

function Agree({ onStarted }: { onStarted: (job: string) => void }) {
  const changed = changedChapters();
  const { price, refusal, replace } = usePrice(`${book.value?.version}`, () => applyPrice());
  const numbers = price?.chapters ?? changed;
  const { isSent, spend } = useSpending(replace, async (nanos) => onStarted(await apply(undefined, nanos)));
  if (refusal !== undefined) return <p class="reason bad">{refusal}</p>;
  if (price === undefined) return <p class="hint">{t('priceLoading')}</p>;
  if (numbers.length === 0)
    return (
      <p class="done-line">
        <Icon name="check" /> {t('upToDate')}
      </p>
    );
  return (
    <>
      <p class="hint">{t('applyHint')}</p>
      <ChapterNames numbers={numbers} />
      <div class="buttons">
        <Button look="main" icon="make" disabled={isSent} onPress={() => void spend(price)}>
          {price.nanos === 0
            ? t('applyCount', { n: numbers.length })
            : t('applyFor', { n: numbers.length, price: priceText(price.text) })}
        </Button>
      </div>
    </>
  );
}

function ChapterNames({ numbers }: { numbers: readonly number[] }) {
  const all = book.value?.chapters ?? [];
  return (
    <ul class="named-chapters">
      {all
        .filter(({ number }) => numbers.includes(number))
        .map((chapter) => (
          <li key={chapter.number}>
            <span class="label">{chapterKind(chapter)}</span> {chapter.title}
          </li>
        ))}
    </ul>
  );
}

function Made({ job, onHear }: { job: Job; onHear: () => void }) {
  const made = job.result?.chapters ?? [];
  const all = book.value?.chapters.filter(({ number }) => made.includes(number)) ?? [];
  return (
    <>
      <p class="done-line">
        <Icon name="check" /> {t('made', { n: made.length })}
      </p>
      <ul class="made-chapters">
        {all.map(({ number, title }) => (
          <li key={number}>
            <Button
              icon="play"
              look="main"
              onPress={() => {
                playFinished(number, job.id);
                onHear();
              }}
            >
              {t('playFinished')}
            </Button>
            <span>
              {number} · {title}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
