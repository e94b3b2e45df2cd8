/** A link inside the page: it opens in place, and in a new window where somebody wants that. */
import type { ComponentChildren } from 'preact';
import { addressOf, goTo, type Route } from '../state/route.ts';

/** The link. */
export function Link({
  to,
  children,
  current,
  look = '',
  onGo,
}: {
  to: Route;
  children: ComponentChildren;
  current?: boolean;
  look?: string;
  onGo?: () => void;
}) {
  const go = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(to);
    onGo?.();
  };
  return (
    <a class={look} href={addressOf(to)} aria-current={current ? 'page' : undefined} onClick={go}>
      {children}
    </a>
  );
}
