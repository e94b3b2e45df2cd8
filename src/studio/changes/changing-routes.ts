/** The routes that change something: decisions, takes, texts, finished chapters. */
import type { Hono } from 'hono';
import type { Moment } from '../book/moment.ts';
import { chapterSummary, shownUndo } from '../book/show-book.ts';
import type { HeardLines } from '../heard/heard.ts';
import { isApproved } from '../heard/heard-takes.ts';
import { bodyOf } from '../server/bodies.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Line } from '../shapes.ts';
import { decidedLine, lineNumbered, type Studio, shownLine } from '../studio.ts';
import { addWord } from './add-word.ts';
import { apply, applyPrice } from './apply.ts';
import { approveChapter, choose, comment, decide } from './decide.ts';
import { editWords } from './edit-words.ts';
import { convertRecording, useRecording } from './recording.ts';
import { retake, retakePrice } from './retake.ts';

/** Adds them. */
export function addChangingRoutes(app: Hono, studio: Studio): void {
  const { current, jobs, hub, undo, heard } = studio;
  /** The line after a change, for the page that made it and for all others. */
  const answer = async (id: string): Promise<{ line: Line }> => {
    const now = await current.afterChange();
    const index = now.states.findIndex((state) => state.id === id);
    if (index < 0) throw new StudioProblem(409, 'other-line', 'The line no longer exists. Read the chapter again.');
    const line = await shownLine(studio, now, index);
    hub.send({ type: 'line', line });
    return { line };
  };
  const changed = async (
    request: { number: string; id: string | undefined },
    change: (moment: Moment, index: number) => Promise<void>,
  ): Promise<{ line: Line }> => {
    const moment = await current.now();
    const index = decidedLine(moment, request.number, request.id);
    await change(moment, index);
    return answer(moment.states[index]!.id);
  };
  app.post('/studio/api/lines/:line/price', async (context) => {
    const request = await bodyOf(context.req.raw, 'price');
    const moment = await current.now();
    return context.json(
      await retakePrice(studio, moment, { index: lineNumbered(moment, context.req.param('line')), request }),
    );
  });
  app.post('/studio/api/lines/:line/retake', async (context) => {
    const request = await bodyOf(context.req.raw, 'retake');
    const moment = await current.now();
    const job = await retake(studio, moment, { index: lineNumbered(moment, context.req.param('line')), request });
    return context.json({ job: job.id }, 202);
  });
  app.post('/studio/api/lines/:line/choose', async (context) => {
    const choice = await bodyOf(context.req.raw, 'choose');
    const number = context.req.param('line');
    return context.json(
      await changed({ number, id: choice.id }, (moment, index) => choose(studio, moment, { index, choice })),
    );
  });
  app.post('/studio/api/lines/:line/decide', async (context) => {
    const request = await bodyOf(context.req.raw, 'decide');
    const number = context.req.param('line');
    return context.json(
      await changed({ number, id: request.id }, (moment, index) => decide(studio, moment, { index, request })),
    );
  });
  app.post('/studio/api/lines/:line/comments', async (context) => {
    const { id, ...note } = await bodyOf(context.req.raw, 'comment');
    const number = context.req.param('line');
    return context.json(await changed({ number, id }, (moment, index) => comment(studio, moment, { index, ...note })));
  });
  app.post('/studio/api/lines/:line/words', async (context) => {
    const request = await bodyOf(context.req.raw, 'words');
    const moment = await current.now();
    const index = decidedLine(moment, context.req.param('line'), request.id);
    const words = await editWords(studio, moment, { index, request });
    if (!request.preview) await current.afterChange();
    return context.json(words);
  });
  app.post('/studio/api/lines/:line/recording', async (context) => {
    const number = context.req.param('line');
    const request = context.req.raw;
    const id = context.req.query('id');
    const answered = await changed({ number, id }, (moment, index) => useRecording(studio, moment, { index, request }));
    const moment = await current.now();
    const index = moment.lines.findIndex((line) => line.number === answered.line.number);
    if (index >= 0) convertRecording(studio, moment, index);
    return context.json(answered);
  });
  app.post('/studio/api/chapters/:n/approve', async (context) => {
    const { heard: asksHeard = false, ...request } = await bodyOf(context.req.raw, 'approve');
    const chapter = Number(context.req.param('n'));
    const moment = await current.now();
    const unheard = asksHeard ? unheardLines(moment, chapter, heard) : [];
    await approveChapter(studio, moment, { ...request, chapter, open: openLines(moment, chapter), unheard });
    return context.json({ chapter: chapterSummary(await current.afterChange(), chapter) });
  });
  app.post('/studio/api/words', async (context) => {
    await addWord(studio, await current.now(), await bodyOf(context.req.raw, 'word'));
    return context.json({ version: (await current.afterChange()).version });
  });
  app.post('/studio/api/undo', async (context) => {
    const { of: meant } = await bodyOf(context.req.raw, 'undo');
    const done = await undo.undo(meant);
    if (done === undefined) throw new StudioProblem(409, 'nothing-to-undo', 'There is nothing to take back.');
    const undone = { undone: done.what, ...(done.told && { told: done.told }), next: shownUndo(undo.last()) };
    if (done.place !== undefined) {
      // A person who names speakers goes on at once, unless the text is in the manifest.
      if (current.last().book.manifest.chapters[done.place.chapter - 1]?.source.kind === 'text')
        await current.afterChange();
      hub.send({ type: 'attributions', chapter: done.place.chapter });
      return context.json({ ...undone, lines: [], place: done.place });
    }
    const now = await current.afterChange();
    // Also where the book itself is as it was: every page shows how many proposals there are, and what is taken back next.
    hub.send({ type: 'book', book: await studio.shownBook(now) });
    const indexes = now.states.flatMap(({ id }, index) => (done.ids.includes(id) ? [index] : []));
    const lines = await Promise.all(indexes.map((index) => shownLine(studio, now, index)));
    for (const line of lines) hub.send({ type: 'line', line });
    return context.json({ ...undone, lines });
  });
  app.post('/studio/api/apply/price', async (context) => {
    const { chapters } = await bodyOf(context.req.raw, 'applyPrice');
    return context.json(await applyPrice(studio, await current.now(), chapters));
  });
  app.post('/studio/api/apply', async (context) => {
    const request = await bodyOf(context.req.raw, 'apply');
    const job = await apply(studio, await current.now(), request);
    return context.json({ job: job.id }, 202);
  });
  app.get('/studio/api/jobs', (context) => context.json({ jobs: jobs.all() }));
  app.get('/studio/api/jobs/:job', (context) => context.json(jobs.get(context.req.param('job'))));
  app.delete('/studio/api/jobs/:job', (context) => context.json(jobs.cancel(context.req.param('job'))));
}

/** The lines of a chapter that nobody has heard and found good, although a check doubts them, and those that are not spoken. */
function openLines(moment: Moment, chapter: number): string[] {
  return moment.states.flatMap(({ chapter: own, number, verdict }, index) =>
    own === chapter && verdict !== 'good' && !isApproved(moment, index) ? [number] : [],
  );
}

/** The lines of a chapter that can be heard, and that nobody has heard as they are now. */
function unheardLines(moment: Moment, chapter: number, heard: HeardLines): string[] {
  return moment.states.flatMap(({ chapter: own, number, inStore }, index) =>
    own === chapter && inStore && !heard.isHeard(moment, index) ? [number] : [],
  );
}
