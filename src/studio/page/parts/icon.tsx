/** Icons, drawn on a grid of 20. They say nothing by themselves: a label stands beside them, or names their button. */

const PATHS = {
  play: 'M6 4.2v11.6a.6.6 0 0 0 .92.5l9-5.8a.6.6 0 0 0 0-1l-9-5.8a.6.6 0 0 0-.92.5Z',
  pause: 'M6 4.5h2.6v11H6zM11.4 4.5H14v11h-2.6z',
  check: 'm4.5 10.5 3.6 3.6 7.4-8.2',
  warning: 'M10 3.2 17.6 16.4H2.4L10 3.2ZM10 8.2v3.8M10 14.1v.1',
  refused: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM5 5l10 10',
  empty: 'M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6Z',
  chevron: 'm5.5 8 4.5 4.5L14.5 8',
  again: 'M15.8 8.2A6.2 6.2 0 1 0 16.2 11M16.2 4.2v4.2H12',
  edit: 'm4 16 .7-3.3L13 4.4a1.5 1.5 0 0 1 2.1 0l.5.5a1.5 1.5 0 0 1 0 2.1L7.3 15.3 4 16Z',
  say: 'M4 5h12v8H9.5L6 16v-3H4z',
  silence: 'M4 10h2M9 10h2M14 10h2M3 5v10M17 5v10',
  direction: 'M4 15c2-6 5-9 12-10-1 7-4 9.5-9 9.5M4 16.5l4-5',
  person: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4.5 16.5c.5-3 2.7-4.5 5.5-4.5s5 1.5 5.5 4.5',
  microphone:
    'M10 3a2.3 2.3 0 0 0-2.3 2.3v4.4a2.3 2.3 0 0 0 4.6 0V5.3A2.3 2.3 0 0 0 10 3ZM5 9.5a5 5 0 0 0 10 0M10 14.5V17',
  comment: 'M4 4.5h12v9H11l-3.5 3v-3H4z',
  back: 'M7.5 5 4 8.5 7.5 12M4 8.5h7.5a4 4 0 0 1 0 8H8',
  close: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  make: 'M4 12.5v3.5h12v-3.5M10 3.5v9M6.5 9l3.5 3.5L13.5 9',
  settings:
    'M4 6h7M14.5 6H16M4 14h1.5M9 14h7M12.8 4.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4ZM7.2 12.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z',
  keys: 'M2.5 5.5h15v9h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 11.8h7',
  queue: 'M4 5.5h12M4 10h8M4 14.5h5M14 11.5v5l3.5-2.5z',
  book: 'M10 5.5C8 4.2 5.8 4 3.5 4v11c2.3 0 4.5.3 6.5 1.5 2-1.2 4.2-1.5 6.5-1.5V4C14.2 4 12 4.2 10 5.5Zm0 0v11',
  heard: 'M4 11.5V10a6 6 0 0 1 12 0v1.5M4 11.5h2.2v4.3H4zM13.8 11.5H16v4.3h-2.2z',
  context: 'M3 7v6M6 5v10M10 3.5v13M14 5v10M17 7v6',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l1-1',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;
/** Icons that are filled. */
const SOLID: ReadonlySet<IconName> = new Set(['play', 'pause']);

/** An icon as tall as its text. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={SOLID.has(name) ? 'icon solid' : 'icon'} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
