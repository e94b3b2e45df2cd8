/** The routes that read: book, chapters, sound, suspects, takes, events. They never take the store's lock. */
import type { Context, Hono } from 'hono';
import { chapterRange } from '../../audio/mastering/chapter-range.ts';
import { integratedLoudness } from '../../audio/measure/loudness.ts';
import { PipelineError } from '../../errors.ts';
import { lineSound } from '../../lines/line-sound.ts';
import { type LineTake, storedTakes } from '../../lines/stored-takes.ts';
import { chosenTake } from '../../plan/book-lines.ts';
import { isGone } from '../book/current-book.ts';
import type { Moment } from '../book/moment.ts';
import { showChapter } from '../book/show-book.ts';
import { showDoubt } from '../book/show-line.ts';
import { showSuspects } from '../book/show-suspects.ts';
import { noteOthers } from '../heard/heard-routes.ts';
import { heardTakes } from '../heard/heard-takes.ts';
import type { Take } from '../shapes.ts';
import { sendFinished } from '../sound/finished-chapter.ts';
import { chapterPeaks, takePeaks } from '../sound/peaks.ts';
import { sendRange, wavOf } from '../sound/sound-response.ts';
import { chapterNumbered, lineNumbered, type Studio } from '../studio.ts';
import { StudioProblem, storeGoneProblem } from './problem.ts';

/** Adds them. */
export function addReadingRoutes(app: Hono, studio: Studio): void {
  const { current, hub, sounds, heard } = studio;
  app.get('/studio/api/book', async (context) => context.json(await studio.shownBook(await current.now())));
  app.get('/studio/api/chapters/:n', async (context) => {
    const moment = await current.now();
    const chapter = await chapterNumbered(studio, moment, context.req.param('n'));
    noteOthers(studio);
    return context.json(showChapter(moment, { chapter, heard }));
  });
  app.get('/studio/api/chapters/:n/sound', async (context) => {
    const moment = await momentShown(studio, context);
    const chapter = await chapterNumbered(studio, moment, context.req.param('n'));
    const { sampleRateHz, totalSamples, sound } = chapter;
    const version = `${moment.version}-${chapter.planned.number}`;
    const open = (range: { from: number; to: number; signal: AbortSignal }): AsyncIterable<Int16Array> =>
      toldIfDamaged(chapterRange(sound, range), studio);
    return sendRange(wavOf({ sampleRateHz, totalSamples, version, open }), requestOf(context));
  });
  app.get('/studio/api/chapters/:n/peaks', async (context) => {
    const moment = await momentShown(studio, context);
    return context.json(chapterPeaks(await chapterNumbered(studio, moment, context.req.param('n'))));
  });
  app.get('/studio/api/chapters/:n/finished', async (context) => {
    const moment = await current.now();
    const { planned } = await chapterNumbered(studio, moment, context.req.param('n'));
    return sendFinished(moment, planned, { ...requestOf(context), part: context.req.query('part') });
  });
  app.get('/studio/api/suspects', async (context) =>
    context.json({ lines: await showSuspects(await current.now(), { sounds, heard }) }),
  );
  app.get('/studio/api/lines/:line/takes', async (context) => {
    const moment = await current.now();
    const index = lineNumbered(moment, context.req.param('line'));
    return context.json({ takes: await takesOf(studio, moment, index) });
  });
  app.get('/studio/api/lines/:line/sound', async (context) => {
    const moment = await momentShown(studio, context);
    const index = lineNumbered(moment, context.req.param('line'));
    const take = await takeToHear(moment, index, context.req.query('take'));
    const aroundSeconds = secondsAround(context.req.query('around'));
    const { readMeasures } = sounds;
    const { store, plan } = moment;
    const line = moment.lines[index]!;
    const { samples, sampleRateHz } = await lineSound({
      ...{ store, plan, line, records: take.records, aroundSeconds, readMeasures },
      signal: context.req.raw.signal,
    });
    const open = async function* ({ from, to }: { from: number; to: number }) {
      yield samples.subarray(from, to);
    };
    const version = `${moment.version}-${line.number}-${take.number}-${aroundSeconds}`;
    return sendRange(wavOf({ sampleRateHz, totalSamples: samples.length, version, open }), requestOf(context));
  });
  app.get('/studio/api/events', () => {
    const stream = hub.listen();
    if (stream === undefined)
      throw new StudioProblem(503, 'too-many-pages', 'Too many pages are open. Close another one.');
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return new Response(stream, { headers });
  });
}

/**
 * The moment of the version that the page shows, where the book as it was last read is that one: then files and store are not
 * asked for what is new, which takes several answers of S3 one after the other, and sound begins sooner. A timer asks while a
 * page is open. Otherwise the book as it is now.
 */
async function momentShown({ current }: Studio, { req }: Context): Promise<Moment> {
  const last = current.last();
  return last.storeGone === undefined && req.query('v') === last.version ? last : current.now();
}

function requestOf({ req }: Context): { headers: Headers; isHead: boolean } {
  return { headers: req.raw.headers, isHead: req.method === 'HEAD' };
}

/** A damaged take is read from the store again the next time: it may have been made again by then, or its store is gone. */
async function* toldIfDamaged(chunks: AsyncIterable<Int16Array>, { current }: Studio): AsyncGenerator<Int16Array> {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'store-damaged') throw error;
    const { storeGone } = await current.afterDamage();
    throw storeGone === undefined ? error : storeGoneProblem(storeGone);
  }
}

const MOST_AROUND_SECONDS = 10;

function secondsAround(text: string | undefined): number {
  const seconds = Number(text ?? '2');
  return Number.isFinite(seconds) ? Math.max(0, Math.min(MOST_AROUND_SECONDS, seconds)) : 2;
}

async function takeToHear(
  { store, account, lines }: Moment,
  index: number,
  text: string | undefined,
): Promise<LineTake> {
  const line = lines[index]!;
  const number = text === undefined ? chosenTake(line) : Number(text);
  const [takes = []] = await storedTakes(store, [line], account.realm);
  const found = takes.find((take) => take.number === number);
  if (found !== undefined) return found;
  throw new StudioProblem(404, 'take-missing', `${line.number} has no take ${number}. Read the chapter again.`, {
    values: { number: line.number, take: number },
  });
}

async function takesOf({ sounds }: Studio, moment: Moment, index: number): Promise<Take[]> {
  const { store, account, lines } = moment;
  const line = lines[index]!;
  const [takes = []] = await storedTakes(store, [line], account.realm);
  // None is also what a store that is gone has.
  if (takes.length === 0 && (await isGone(store))) throw storeGoneProblem(store.location);
  return Promise.all(
    takes.map(async ({ number, records }): Promise<Take> => {
      const measures = await Promise.all(records.map((record) => sounds.readMeasures(record, store)));
      const loudness = integratedLoudness(Float32Array.from(measures.flatMap((one) => [...one.loudness])));
      return {
        number,
        of: heardTakes({ segments: records }),
        seconds: Math.round(records.reduce((sum, one) => sum + one.durationSeconds, 0) * 1000) / 1000,
        chosen: number === chosenTake(line),
        doubts: records.flatMap(({ doubts = [] }) => doubts.map(showDoubt)),
        loudnessDb: Number.isFinite(loudness) ? Math.round(loudness * 10) / 10 : null,
        peaks: takePeaks(measures),
      };
    }),
  );
}
