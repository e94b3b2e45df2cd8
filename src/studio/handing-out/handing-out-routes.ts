/** The routes for what people take along who do not use the studio: pickup lists, and a reviewer's page. They read, and change nothing. */
import { strToU8, zipSync } from 'fflate';
import type { Hono } from 'hono';
import { type PickupItem, pickupCsv, pickupLabels, pickupRegions } from '../../lines/pickup-files.ts';
import { StudioProblem } from '../server/problem.ts';
import { chapterNumbered, type Studio } from '../studio.ts';
import { type HandoutWish, makeHandout } from './handout.ts';
import { pickupSheets } from './pickup-list.ts';

/** Labels for audio editors: a file for each chapter, as `pipeline pickups` names it. */
const LABELS: Readonly<Record<string, { ending: string; mediaType: string; textOf(items: PickupItem[]): string }>> = {
  audacity: { ending: 'pickups.txt', mediaType: 'text/plain; charset=utf-8', textOf: pickupLabels },
  reaper: { ending: 'pickups.csv', mediaType: 'text/csv; charset=utf-8', textOf: pickupRegions },
};

/** Adds them. */
export function addHandingOutRoutes(app: Hono, studio: Studio): void {
  const { current, sounds } = studio;
  app.get('/studio/api/pickups.csv', async (context) => {
    const moment = await current.now();
    const sheets = await pickupSheets(moment, sounds, { studio: new URL(context.req.url).origin });
    const text = pickupCsv(sheets.flatMap(({ items }) => items));
    return download(text, 'text/csv; charset=utf-8', `${moment.book.manifest.title} - pickups.csv`);
  });
  app.get('/studio/api/pickups/:editor', async (context) => {
    const editor = context.req.param('editor');
    const labels = Object.hasOwn(LABELS, editor) ? LABELS[editor] : undefined;
    if (labels === undefined)
      throw new StudioProblem(404, 'no-resource', 'There are labels for "audacity" and "reaper".');
    const moment = await current.now();
    const sheets = (await pickupSheets(moment, sounds, {})).filter(({ items }) => items.length > 0);
    const [first] = sheets;
    if (first === undefined) throw nothingToHear();
    const { ending, mediaType, textOf } = labels;
    if (sheets.length === 1) return download(textOf(first.items), mediaType, `${first.stem}.${ending}`);
    const files = sheets.map(({ stem, items }) => [`${stem}.${ending}`, strToU8(textOf(items))] as const);
    const name = `${moment.book.manifest.title} - ${editor}.zip`;
    return download(zipSync(Object.fromEntries(files)), 'application/zip', name);
  });
  let isMaking = false;
  app.get('/studio/api/handout', async (context) => {
    const moment = await current.now();
    const chapter = context.req.query('chapter');
    const scope = context.req.query('scope') === 'all' ? 'all' : 'suspects';
    const only = chapter === undefined ? undefined : (await chapterNumbered(studio, moment, chapter)).planned;
    // Its sound is encoded: one at a time leaves the machine to those who listen.
    if (isMaking) throw new StudioProblem(503, 'handout-busy', 'Another page is being made. Try again in a moment.');
    isMaking = true;
    try {
      const wish: HandoutWish = { scope, ...(only && { chapters: [only.number] }) };
      const made = await makeHandout({
        ...{ moment, sounds, wish, ...(await studio.given.handoutParts()) },
        ...{ today: new Date().toISOString().slice(0, 10), signal: context.req.raw.signal },
      });
      if (!('page' in made)) throw tooLarge(made.bytes, only !== undefined);
      if (made.lines === 0) throw nothingToHear();
      const part = only === undefined ? '' : ` - ${only.number}`;
      return download(made.page, 'text/html; charset=utf-8', `${moment.book.manifest.title}${part} - review.html`);
    } finally {
      isMaking = false;
    }
  });
}

function nothingToHear(): StudioProblem {
  return new StudioProblem(404, 'nothing-to-hear', 'There is no line to hear or record again.');
}

function tooLarge(bytes: number, isChapter: boolean): StudioProblem {
  const size = `The page would have about ${Math.round(bytes / 1_000_000)} MB, more than 50 MB.`;
  const way = isChapter ? 'Take the lines to hear instead.' : 'Take one chapter after the other.';
  return new StudioProblem(422, 'handout-too-large', `${size} ${way}`);
}

/** A file for the browser to save, under a name that no title can break. */
function download(content: string | Uint8Array, mediaType: string, name: string): Response {
  const safe = name.replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, ' ').trim();
  const plain = safe.normalize('NFKD').replace(/[^ -~]+/g, '');
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(safe)}`;
  return new Response(typeof content === 'string' ? content : Uint8Array.from(content), {
    headers: { 'content-type': mediaType, 'content-disposition': disposition, 'cache-control': 'no-store' },
  });
}
