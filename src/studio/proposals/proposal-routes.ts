/** The routes of the page of proposals. */
import type { Hono } from 'hono';
import { bodyOf } from '../server/bodies.ts';
import type { Studio } from '../studio.ts';
import type { Proposals } from './proposal-shapes.ts';
import { settleProposal, showProposals } from './proposals.ts';

/** Adds them. */
export function addProposalRoutes(app: Hono, studio: Studio): void {
  const { current } = studio;
  app.get('/studio/api/proposals', async (context) => {
    const proposals = await showProposals(studio, await current.now());
    return context.json({ proposals } satisfies Proposals);
  });
  for (const how of ['take', 'aside'] as const)
    app.post(`/studio/api/proposals/${how}`, async (context) => {
      const request = await bodyOf(context.req.raw, 'proposal');
      await settleProposal(studio, await current.now(), { ...request, how });
      const moment = await current.afterChange();
      // Every page shows how many are left.
      studio.hub.send({ type: 'book', book: await studio.shownBook(moment) });
      return context.json({ proposals: await showProposals(studio, moment) } satisfies Proposals);
    });
}
