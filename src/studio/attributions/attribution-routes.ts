/** The routes of the attributions: what is open, who may be meant, who it is, and which names are one character. */

import type { Hono } from 'hono';
import { openReader } from '../../book/threads/reading-thread.ts';
import { bodyOf } from '../server/bodies.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Studio } from '../studio.ts';
import { attribute } from './attribute.ts';
import type { Candidates } from './attribution-shapes.ts';
import { showAttributions, showCandidates } from './attributions.ts';
import { mergeCast } from './merge-cast.ts';

/** Adds them. They read the texts themselves, so that a name does not wait until the whole book is read again. */
export function addAttributionRoutes(app: Hono, studio: Studio): void {
  const { current, hub } = studio;
  const reader = openReader();
  studio.onClose(() => reader.close());
  let writing: Promise<unknown> = Promise.resolve();
  /** One change after the other: two pages never write the same file at once. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const mine = writing.then(change, change);
    writing = mine.catch(() => undefined);
    return mine;
  };
  let asking: Promise<Candidates> | undefined;
  app.get('/studio/api/attributions', async (context) => context.json(await showAttributions(studio, current.last())));
  app.get('/studio/api/attributions/candidates', async (context) => {
    // Pages that ask at the same time share the answer.
    asking ??= showCandidates(studio, current.last(), reader).finally(() => {
      asking = undefined;
    });
    return context.json(await asking);
  });
  app.post('/studio/api/attributions/:n', async (context) => {
    const request = await bodyOf(context.req.raw, 'attribute');
    const chapter = Number(context.req.param('n'));
    if (!Number.isSafeInteger(chapter)) throw new StudioProblem(404, 'no-chapter', 'The book has no such chapter.');
    studio.postponeLook();
    const answer = await inTurn(async () => {
      // The place of a text inside the manifest is known only from reading the whole manifest.
      const isInside = current.last().book.manifest.chapters[chapter - 1]?.source.kind === 'text';
      const moment = isInside ? await current.now() : current.last();
      const written = await attribute(studio, moment, { chapter, request });
      if (isInside) await current.afterChange();
      return written;
    });
    const { page } = request;
    hub.send({ type: 'attributions', chapter, ...(page !== undefined && { page }) });
    return context.json(answer);
  });
  app.post('/studio/api/cast/merge', async (context) => {
    const request = await bodyOf(context.req.raw, 'merge');
    await inTurn(async () => mergeCast(studio, await current.now(), request));
    const { version } = await current.afterChange();
    hub.send({ type: 'attributions' });
    return context.json({ version });
  });
}
