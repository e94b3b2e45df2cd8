/** A book without `model:` keeps the model that its first paid call was made with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { retakeCommand } from '../../src/cli/retake/retake.ts';
import { keepChosenModel, modelChooser } from '../../src/composition/choose-model.ts';
import { readConfig } from '../../src/config/config.ts';
import { DEFAULT_MODEL, FIRST_FAMILY_MODEL } from '../../src/models.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { bookFolder, called } from './in-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'begun-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function rig() {
  const flags = { simulate: true, store: join(folder, 'store') };
  const choose = modelChooser(readConfig(flags, {}));
  const store = await openDiskStore(flags.store);
  const chosen = (title: string) => choose({ folder, manifest: 'book.yaml', title, author: '', ofVoices: undefined });
  const keep = async (title: string) =>
    keepChosenModel({ store, account: { realm: 'local' }, manifest: { title }, choice: await chosen(title) });
  return { store, chosen, keep, spoken: () => store.writeRecord('take', 'a'.repeat(64), {}) };
}

it('after a first run that was killed, and another new book beside it gets the default', async () => {
  const { chosen, keep, spoken } = await rig();
  await keep('Night');
  await spoken();
  expect(await chosen('Night')).toEqual({ model: DEFAULT_MODEL, from: 'begun' });
  expect(await chosen('Day')).toEqual({ model: DEFAULT_MODEL, from: 'default' });
});

it('in a store of the first versions, whose other books keep theirs, too', async () => {
  const { chosen, keep, spoken } = await rig();
  await spoken();
  await keep('Night');
  expect(await chosen('Night')).toEqual({ model: FIRST_FAMILY_MODEL, from: 'begun' });
  expect(await chosen('Day')).toEqual({ model: FIRST_FAMILY_MODEL, from: 'store' });
});

it('when a line is spoken before the first run: its voice is not enrolled again for another model', async () => {
  const book = await bookFolder(['The boat came in.\n\n[mara] Ahoy, the light!']);
  try {
    const line = { chapter: 1, line: 2 };
    expect(await called(() => retakeCommand(book.manifest, line, { ...book.flags, takes: 1 }))).toMatchObject({
      code: 0,
    });
    const { events } = await called(() => planCommand(book.manifest, book.flags));
    expect(events[0]).toMatchObject({ model: DEFAULT_MODEL, modelFrom: 'begun', voices: { enroll: 1 } });
  } finally {
    await book.destroy();
  }
});
