/** A line with what is around it, why it is to be heard, its sound, and what the reviewer decides. */
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import type { HandoutLine } from '../../handing-out/handout-shapes.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { refusalText } from '../text/server-words.ts';
import { checkTitle, doubtReason, t } from '../words/words.ts';
import { ChooseTake, Listen } from './listen.tsx';
import { pause } from './player.ts';
import { at, decide, handout, isApproved, step, takeOf, verdictOf } from './state.ts';

/** The card. */
export function LineCard({ line, comment }: { line: HandoutLine; comment: RefObject<HTMLTextAreaElement | null> }) {
  const { number, character, text, before, after, chapter } = line;
  const id = useId();
  const title = handout.chapters.find((one) => one.number === chapter)?.title ?? '';
  return (
    <article class="card line-card" aria-labelledby={id}>
      <header>
        <h1 id={id}>
          <span class="number">{number}</span> {character}
        </h1>
        <p class="hint">{title}</p>
      </header>
      <Reasons line={line} />
      <div class="reading" lang={handout.language}>
        {before && <Beside line={before} />}
        <p class="own-text">{text}</p>
        {after && <Beside line={after} />}
      </div>
      <Listen line={line} />
      <ChooseTake line={line} />
      <Notes line={line} />
      <Decide line={line} comment={comment} />
      <Moves />
    </article>
  );
}

function Beside({ line: { character, text } }: { line: { character: string; text: string } }) {
  return (
    <p class="beside">
      <span class="hint">
        {character}
        {t('colon')}
      </span>
      {text}
    </p>
  );
}

function Reasons({ line }: { line: HandoutLine }) {
  const { refusal } = line;
  // Those of the take that is in use by now.
  const doubts = line.clips.find(({ take }) => take === takeOf(line))?.doubts ?? line.doubts;
  if (doubts.length === 0 && refusal === undefined) return null;
  return (
    <ul class="reasons">
      {refusal !== undefined && (
        <li>
          <Icon name="refused" /> <span>{refusalText(refusal)}</span>
        </li>
      )}
      {doubts.map((doubt) => (
        <li key={`${doubt.check} ${doubt.reason}`}>
          <Icon name="warning" />{' '}
          <span>
            <strong>{checkTitle(doubt.check)}</strong>
            {t('colon')}
            {doubtReason(doubt)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Notes({ line: { comments = [] } }: { line: HandoutLine }) {
  if (comments.length === 0) return null;
  return (
    <ul class="notes">
      {comments.map(({ text, by, on }) => (
        <li key={`${by} ${on} ${text}`}>
          <p>{text}</p>
          <span class="hint">{[by, on].filter((one) => one !== undefined).join(', ')}</span>
        </li>
      ))}
    </ul>
  );
}

function Decide({ line, comment }: { line: HandoutLine; comment: RefObject<HTMLTextAreaElement | null> }) {
  const id = useId();
  const approved = isApproved(line);
  const isOthers = approved && verdictOf(line).approved === undefined;
  return (
    <div class="decide">
      <label class="field" for={id}>
        <span>{t('comment')}</span>
        <textarea
          id={id}
          ref={comment}
          rows={2}
          maxLength={10_000}
          value={verdictOf(line).comment ?? ''}
          onInput={({ currentTarget }) => decide(line, { comment: currentTarget.value })}
        />
      </label>
      <Button
        icon="check"
        look={approved ? 'soft' : 'plain'}
        pressed={approved}
        keyName="A"
        disabled={isOthers}
        title={t('approveHint')}
        onPress={() => decide(line, { approved: approved ? undefined : true })}
      >
        {approved ? t('approved') : t('approve')}
      </Button>
    </div>
  );
}

function Moves() {
  const last = handout.lines.length - 1;
  const move = (by: number): void => {
    pause();
    step(by);
  };
  return (
    <div class="moves">
      <Button keyName="K" disabled={at.value <= 0} onPress={() => move(-1)}>
        {t('previous')}
      </Button>
      <span class="hint" aria-live="polite">
        {t('queuePlace', { n: at.value + 1, all: last + 1 })}
      </span>
      <Button look="main" keyName="J" disabled={at.value >= last} onPress={() => move(1)}>
        {t('next')}
      </Button>
    </div>
  );
}
