import { attribute, type Element } from '../markup/markup.ts';

/** What an element says that it is: its `epub:type`, and its `role` without the `doc-`; in lowercase. */
export function typesOf(element: Element): string[] {
  const role = attribute(element, 'role').toLowerCase();
  return [...attribute(element, 'epub:type').toLowerCase().split(/\s+/), role.replace(/^doc-/, '')].filter(
    (type) => type !== '',
  );
}
