/** Levels over a whole book, as a producer meets them: the same files whatever came first, and an edit touches one chapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { digestsOf, madeOnce, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
/** The book, spoken at once. */
const spoken = madeOnce(async (first) => {
  rig = first;
  await writeBook(rig, { formats: 'mp3' });
  await run('at-once');
});
beforeEach(async () => {
  const next = await makeRig();
  await spoken(next);
  rig = next;
});
afterEach(() => rig.destroy());

const run = (store: string, ...more: string[]) =>
  rig.runJson(['book.yaml', '--simulate', '--store', rig.path(store), '--out', rig.path(`out-${store}`), ...more]);
const files = async (store: string) =>
  digestsOf(
    await Promise.all(['01 - Arrival', '02 - Storm'].map((name) => rig.read(`out-${store}/A Small Book/${name}.mp3`))),
  );

describe('levels over a book', () => {
  it('are the same whichever chapter was spoken first, and settle in one run', async () => {
    const whole = await rig.read('book.yaml');
    await rig.write('book.yaml', whole.toString().replace(/^ {2}- \{ title: Arrival.*\n/m, ''));
    await run('late');
    await rig.write('book.yaml', whole);
    await run('late');
    expect(await files('late')).toEqual(await files('at-once'));
    // Nothing is left to be done.
    const again = await run('at-once');
    expect(again.finished.segments.synthesized).toBe(0);
    const outcomes = again.events.flatMap((event) => (event.type === 'chapter.delivered' ? [event.outcome] : []));
    expect(outcomes).toEqual(['unchanged', 'unchanged']);
  }, 180_000);

  it('do not make the other chapters again when one line is edited', async () => {
    const before = await files('at-once');
    await rig.write('one.txt', 'The boat came out of the fog a little after noon.\n\n[mara] Ahoy, the light!\n');
    const { events, finished } = await run('at-once');
    expect(finished.segments.synthesized).toBe(1);
    // The edited chapter may be made twice: first by what was known before its line was spoken.
    const outcomes = events.flatMap((event) => (event.type === 'chapter.delivered' ? [event] : []));
    expect(outcomes.filter(({ index }) => index === 2).map(({ outcome }) => outcome)).toEqual(['unchanged']);
    expect(outcomes.find(({ index }) => index === 1)?.outcome).toBe('made');
    expect((await files('at-once'))[1]).toEqual(before[1]);
  }, 180_000);
});
