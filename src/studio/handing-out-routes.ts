/** The routes for what people take along who do not use the studio: the pickup list. They read, and change nothing. */
import type { Hono } from 'hono';
import { pickupCsv } from '../lines/pickup-files.ts';
import { pickupSheets } from './pickup-list.ts';
import type { Studio } from './studio.ts';

/** Adds them. */
export function addHandingOutRoutes(app: Hono, { current, sounds }: Studio): void {
  app.get('/studio/api/pickups.csv', async (context) => {
    const moment = await current.now();
    const sheets = await pickupSheets(moment, sounds, { studio: new URL(context.req.url).origin });
    const text = pickupCsv(sheets.flatMap(({ items }) => items));
    return download(text, 'text/csv; charset=utf-8', `${moment.book.manifest.title} - pickups.csv`);
  });
}

/** A file for the browser to save, under a name that no title can break. */
function download(text: string, mediaType: string, name: string): Response {
  const safe = name.replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, ' ').trim();
  const plain = safe.normalize('NFKD').replace(/[^ -~]+/g, '');
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(safe)}`;
  return new Response(text, {
    headers: { 'content-type': mediaType, 'content-disposition': disposition, 'cache-control': 'no-store' },
  });
}
