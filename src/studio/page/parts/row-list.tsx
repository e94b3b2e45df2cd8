/** A long list of which only what is in view is in the page. It scrolls with the element with the ID `content`. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { RowHeights } from './rows-in-view.ts';

/** What a list needs to know. */
export interface RowListProps {
  /** Changes when it is another list: then nothing that was measured is true any more. */
  name: string;
  count: number;
  label: string;
  /** Height of a row that was never drawn, in pixels. */
  estimate: (index: number) => number;
  keyOf: (index: number) => string;
  row: (index: number) => ComponentChildren;
  /** The row to bring into view; a new object scrolls again. */
  target: { index: number; smoothly: boolean } | undefined;
}

/** How often a jump to a row that was not measured yet is corrected. */
const MOST_CORRECTIONS = 4;

/** The list. */
export function RowList({ name, count, label, estimate, keyOf, row, target }: RowListProps) {
  const list = useRef<HTMLOListElement>(null);
  const heights = useMemo(() => new RowHeights(count, estimate), [name, count]);
  const [, redraw] = useState(0);
  const [view, setView] = useState({ top: 0, height: 1000 });

  useEffect(() => {
    const scroller = scrollerOf();
    const look = (): void => {
      const offset = list.current === null ? 0 : offsetIn(scroller, list.current);
      setView({ top: Math.max(0, scroller.scrollTop - offset), height: scroller.clientHeight });
    };
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      scroller.removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, []);

  const observer = useMemo(
    () =>
      new ResizeObserver((entries) => {
        let changed = false;
        for (const { target: element } of entries) {
          const index = Number((element as HTMLElement).dataset['index']);
          if (element.isConnected) changed = heights.measured(index, (element as HTMLElement).offsetHeight) || changed;
        }
        if (changed) redraw((times) => times + 1);
      }),
    [heights],
  );
  useEffect(() => () => observer.disconnect(), [observer]);

  useLayoutEffect(() => {
    if (target === undefined || target.index >= count) return;
    let left = MOST_CORRECTIONS;
    let frame = 0;
    const go = (): void => {
      const scroller = scrollerOf();
      const element = list.current?.querySelector(`[data-index="${target.index}"]`);
      if (element) bringIntoView(scroller, element, target.smoothly && left === MOST_CORRECTIONS);
      else
        scroller.scrollTop = offsetIn(scroller, list.current!) + heights.top(target.index) - scroller.clientHeight / 3;
      if (--left > 0 && !(element && target.smoothly)) frame = requestAnimationFrame(go);
    };
    go();
    return () => cancelAnimationFrame(frame);
  }, [target, heights, count]);

  const { first, end } = heights.inView(view.top, view.height);
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step);
  return (
    <ol
      class="rows"
      ref={list}
      aria-label={label}
      style={{
        paddingTop: `${heights.top(first)}px`,
        paddingBottom: `${heights.top(count) - heights.top(end)}px`,
      }}
    >
      {indexes.map((index) => (
        <li
          key={keyOf(index)}
          class="row-place"
          data-index={index}
          aria-setsize={count}
          aria-posinset={index + 1}
          ref={(element) => {
            if (element) observer.observe(element);
          }}
        >
          {row(index)}
        </li>
      ))}
    </ol>
  );
}

/** What scrolls. */
export function scrollerOf(): HTMLElement {
  return document.getElementById('content') ?? document.documentElement;
}

function offsetIn(scroller: HTMLElement, element: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}

/** Scrolls as little as needed to have it well inside the view. */
function bringIntoView(scroller: HTMLElement, element: Element, smoothly: boolean): void {
  const box = element.getBoundingClientRect();
  const view = scroller.getBoundingClientRect();
  const margin = view.height / 5;
  const isInside = box.top >= view.top + margin / 2 && box.bottom <= view.bottom - margin / 2;
  if (isInside) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  scroller.scrollTo({
    top: scroller.scrollTop + box.top - view.top - margin,
    behavior: smoothly && !calm ? 'smooth' : 'instant',
  });
}
