/** Who speaks: one open quotation after the other, with what is around it and who may say it. */

import { useEffect, useRef } from 'preact/hooks';
import type { OpenParagraph } from '../../attributions/attribution-shapes.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { scrollerOf } from '../parts/row-list.tsx';
import {
  attributions,
  candidates,
  type Item,
  isOpen,
  items,
  loadAttributions,
  named,
  openCount,
  openItem,
  stepItem,
  unsaved,
} from '../state/attributions.ts';
import { speakerOf, undoNaming } from '../state/name-speaker.ts';
import { attempt, book, hues } from '../state/studio.ts';
import { t } from '../words/words.ts';
import { Cast } from './cast.tsx';
import { Waiting } from './chapter.tsx';
import { Link } from './link.tsx';
import { Names } from './names.tsx';

/** Paragraphs of context, before and after. */
const AROUND = 3;

/** The view. */
export function AttributionsView() {
  useEffect(() => {
    void attempt(loadAttributions);
  }, []);
  const item = openItem.value;
  if (attributions.value === undefined) return <Waiting />;
  const open = openCount.value;
  return (
    <div class="view attributions">
      <Heading />
      {open === 0 && (
        <div class="card empty">
          <Icon name="check" />
          <p class="big">{t('allNamed')}</p>
          <p class="hint">{t('allNamedHint')}</p>
        </div>
      )}
      {item !== undefined && <Quotation key={item.key} item={item} />}
      <Cast />
    </div>
  );
}

function Heading() {
  const all = items.value;
  const at = all.findIndex(({ key }) => key === openItem.value?.key);
  const saving = unsaved.value.length;
  return (
    <header class="view-head chapter-head">
      <div>
        <h1>{t('whoSpeaks')}</h1>
        <p class="hint about-keys">{t('attributionsHint')}</p>
      </div>
      {all.length > 0 && (
        <div class="buttons">
          <span class="hint" aria-live="polite">
            {saving > 2
              ? t('savingNames', { n: saving })
              : t('attributionPlace', { n: at + 1, all: all.length, open: openCount.value })}
          </span>
          <Button keyName="Z" icon="back" onPress={() => void undoNaming()}>
            {t('undoNaming')}
          </Button>
          <Button keyName="K" disabled={at <= 0} onPress={() => stepItem(-1)}>
            {t('previous')}
          </Button>
          <Button keyName="J" disabled={at >= all.length - 1} onPress={() => stepItem(1)}>
            {t('next')}
          </Button>
        </div>
      )}
    </header>
  );
}

function Quotation({ item }: { item: Item }) {
  const { chapter, paragraph } = item;
  const { paragraphs, number, title, file, readOnly, proposed } = chapter;
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    // The quotation is never below the fold, however long what is before it, nor below the names, which stay at the lower
    // edge of a narrow window.
    const [place, names] = ['.quotation', '.offered'].map((one) => element.current?.querySelector(one));
    const scroller = scrollerOf();
    scroller.scrollTop = 0;
    const edges = [scroller.getBoundingClientRect().bottom, names?.getBoundingClientRect().top ?? Infinity];
    const below = (place?.getBoundingClientRect().bottom ?? 0) - Math.min(...edges);
    if (below > 0) scroller.scrollTop = below + 16;
  }, [candidates.value === undefined]);
  const around = (from: number, to: number): OpenParagraph[] =>
    paragraphs.filter(({ index }) => index >= paragraph.index + from && index <= paragraph.index + to);
  const said = named.value.get(item.key);
  return (
    <section class="card open-quotation" ref={element} aria-label={t('thisQuotation')}>
      <p class="hint place">
        <Link to={{ at: 'chapter', chapter: number }} look="text-link">
          {t('inChapter', { n: number, title })}
        </Link>{' '}
        · {t('inFile', { name: file, line: paragraph.line })}
      </p>
      {readOnly === true && <p class="tell-line bad">{t('readOnlyText', { file })}</p>}
      {proposed === true && <p class="tell-line">{t('proposedText')}</p>}
      <Context name={t('textBefore')} chapter={number} paragraphs={around(-AROUND, -1)} />
      <div class="quotation" aria-live="polite">
        <p lang={book.value?.language}>
          {paragraph.parts.map(({ at, text, open }) =>
            open === true ? <mark key={at}>{text} </mark> : <span key={at}>{text} </span>,
          )}
        </p>
        {!isOpen(item) && (
          <p class="said">
            <Icon name="check" />
            <Speaker
              name={said === undefined || said === '' ? t('handled') : t('namedNow', { name: said })}
              of={said}
            />
          </p>
        )}
      </div>
      <Context name={t('textAfter')} chapter={number} paragraphs={around(1, AROUND)} />
      <Names item={item} />
    </section>
  );
}

function Context({
  name,
  chapter,
  paragraphs,
}: {
  name: string;
  chapter: number;
  paragraphs: readonly OpenParagraph[];
}) {
  if (paragraphs.length === 0) return null;
  return (
    <section class="context" aria-label={name}>
      {paragraphs.map((paragraph) => {
        const speaker = speakerOf(chapter, paragraph);
        const isQuestion = speaker === undefined && paragraph.parts.some(({ open }) => open === true);
        return (
          <div key={paragraph.index} class={paragraph.startsScene ? 'context-line scene' : 'context-line'}>
            {isQuestion ? <span class="unknown">?</span> : <Speaker name={speaker ?? ''} of={speaker} />}
            <p lang={book.value?.language}>{paragraph.parts.map(({ text }) => text).join(' ')}</p>
          </div>
        );
      })}
    </section>
  );
}

/** A speaker in the color of the book's pages. */
function Speaker({ name, of }: { name: string; of: string | undefined }) {
  if (name === '') return <span class="unknown" />;
  return (
    <span class="speaker" title={name} style={{ '--hue': String(hues.value.get(of ?? '') ?? 210) }}>
      {name}
    </span>
  );
}
