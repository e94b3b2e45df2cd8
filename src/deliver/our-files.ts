/** Recognizes a delivery that an earlier version, which left no mark, did not finish. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../plan/plan.ts';
import { findMaster, type MasterFile } from '../store/masters.ts';
import type { Store } from '../store/store.ts';
import { namedFiles } from './file-names.ts';
import { isDelivered } from './files.ts';

const AUDIO = /\.(mp3|m4a|m4b|flac|wav)$/i;

/** Whether the folder has audio files, and all of them are files of this plan's stored chapters, with the same content. */
export async function holdsOurFiles(of: { store: Store; plan: Plan; folder: string }): Promise<boolean> {
  const { store, plan, folder } = of;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const audio = entries.filter((entry) => AUDIO.test(entry.name));
  if (audio.length === 0 || !audio.every((entry) => entry.isFile())) return false;
  const ours = new Map<string, { file: MasterFile; madeAt: Date }>();
  for (const chapter of plan.chapters) {
    if (chapter.master.need !== 'reuse') continue;
    const master = await findMaster(store, chapter.master.step.key);
    if (master === undefined) continue;
    for (const { file, name } of namedFiles(plan, chapter, master)) {
      ours.set(name, { file, madeAt: new Date(master.madeAt) });
    }
  }
  for (const { name } of audio) {
    const file = ours.get(name.normalize('NFC'));
    if (file === undefined || !(await isDelivered({ path: join(folder, name), ...file }))) return false;
  }
  return true;
}
