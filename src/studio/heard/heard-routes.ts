/** The route by which a page tells which lines were heard. It takes no lock and changes nothing of the book. */
import type { Hono } from 'hono';
import type { Moment } from '../book/moment.ts';
import { bodyOf } from '../server/bodies.ts';
import type { HeardLine } from '../shapes.ts';
import type { Studio } from '../studio.ts';

/** Adds it. */
export function addHeardRoutes(app: Hono, studio: Studio): void {
  const { current, heard } = studio;
  app.post('/studio/api/heard', async (context) => {
    const { lines } = await bodyOf(context.req.raw, 'heard');
    const moment = await current.now();
    const noted = await heard.note(moment, lines);
    if (noted.length > 0) tellHeard(studio, moment, noted);
    return context.json({ noted: noted.length });
  });
}

/** Looks what other programs have noted, without making anybody wait. */
export function noteOthers({ heard, hub, current, shownBook }: Studio): void {
  void heard
    .refresh()
    .then(async (isNew) => {
      if (!isNew) return;
      hub.send({ type: 'review', version: current.last().version });
      hub.send({ type: 'book', book: await shownBook(current.last()) });
    })
    .catch(() => undefined);
}

/** Tells all pages. */
function tellHeard({ hub, heard }: Studio, moment: Moment, lines: HeardLine[]): void {
  const ids = new Set(lines.map(({ id }) => id));
  const numbers = new Set(moment.states.flatMap(({ id, chapter }) => (ids.has(id) ? [chapter] : [])));
  const counts = heard.counts(moment);
  hub.send({
    type: 'heard',
    lines,
    chapters: [...numbers].map((number) => ({ number, heard: counts.get(number) ?? 0 })),
  });
}
