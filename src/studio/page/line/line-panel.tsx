/** Everything about an open line: why it is doubted, its takes, and the tools. */
import { useEffect } from 'preact/hooks';
import type { Doubt, Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { JobLine } from '../parts/job-line.tsx';
import { playChapter } from '../sound/player.ts';
import { decide, hearInContext } from '../state/decide.ts';
import { isOver } from '../state/live.ts';
import { attempt, jobs, loadTakes, takes } from '../state/studio.ts';
import { seconds } from '../text/format.ts';
import { refusalText } from '../text/server-words.ts';
import { SpeakNow } from '../tools/speak-again.tsx';
import { checkTitle, doubtReason, language, t } from '../words/words.ts';
import { Takes } from './takes.tsx';
import { Tools } from './tools.tsx';

/** A place is heard from this long before it, in milliseconds. */
const BEFORE_MS = 800;

/** The panel. */
export function LinePanel({ line }: { line: Line }) {
  const { number } = line;
  const asked = takes.value.has(number);
  useEffect(() => {
    if (!asked) void attempt(() => loadTakes(number));
  }, [number, asked]);
  const running = [...jobs.value.values()].filter((job) => job.line === number && !isOver(job));
  return (
    <section class="panel" aria-label={t('details', { number })}>
      <Reasons line={line} />
      {line.editedNotSpoken && running.length === 0 && <SpeakNow line={line} />}
      {running.map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
      <Takes line={line} />
      <Tools line={line} />
      {line.file && <p class="hint place">{t('inFile', { name: line.file.name, line: line.file.line })}</p>}
    </section>
  );
}

function Reasons({ line }: { line: Line }) {
  const { doubts, refusal } = line;
  return (
    <div class="reasons">
      <h3 class="visually-hidden">{t('reasons')}</h3>
      {refusal !== undefined && <p class="reason bad">{refusalText(refusal)}</p>}
      <ul>
        {doubts.map((doubt) => (
          <li key={`${doubt.check}${doubt.atSeconds ?? ''}`} class="reason warn">
            <Icon name="warning" />
            <span>
              <strong>{checkTitle(doubt.check)}</strong> <span class="found">{doubtReason(doubt)}</span>
            </span>
            {doubt.atSeconds !== undefined && <HearPlace line={line} doubt={doubt} />}
          </li>
        ))}
      </ul>
      {doubts.length === 0 && refusal === undefined && line.inStore && <p class="hint">{t('noFault')}</p>}
      <div class="panel-actions">
        <Button
          icon="context"
          keyName="L"
          disabled={line.endMs <= line.startMs}
          onPress={() => void hearInContext(line.number)}
        >
          {t('hearInContext')}
        </Button>
        <Button
          icon="check"
          keyName="A"
          look={line.approved ? 'plain' : 'soft'}
          title={t('approveHint')}
          onPress={() => void decide(line, { approved: line.approved ? null : true })}
        >
          {t(line.approved ? 'withdrawApproval' : 'approve')}
        </Button>
      </div>
    </div>
  );
}

function HearPlace({ line, doubt: { atSeconds = 0, seconds: long = 0 } }: { line: Line; doubt: Doubt }) {
  const at = seconds(atSeconds, language.value);
  const hear = (): void => {
    const from = line.startMs + atSeconds * 1000;
    playChapter(line.chapter, from - BEFORE_MS, { line: line.number, untilMs: from + long * 1000 + BEFORE_MS });
  };
  return (
    <button type="button" class="button small" aria-label={t('hearPlace', { seconds: at })} onClick={hear}>
      <Icon name="play" />
      <span>{t('atPlace', { seconds: at })}</span>
    </button>
  );
}
