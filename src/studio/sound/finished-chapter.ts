/** The mastered file of a chapter, from the store, for the ear. */
import { mediaTypeOf } from '../../deliver/media-types.ts';
import type { PlannedChapter } from '../../plan/plan.ts';
import { findMaster, type MasterFile } from '../../store/masters.ts';
import type { Moment } from '../book/moment.ts';
import { StudioProblem } from '../server/problem.ts';
import { sendRange } from './sound-response.ts';

/** Formats that browsers play, the smallest first. */
const PLAYED = ['mp3', 'm4a', 'flac', 'wav'] as const;

/** Responds with it, or a range. `part`: which of several, from 1. Throws a `StudioProblem` when it is not made from today's takes. */
export async function sendFinished(
  { store }: Moment,
  { number, master }: PlannedChapter,
  request: { headers: Headers; isHead: boolean; part: string | undefined },
): Promise<Response> {
  const record = master.need === 'reuse' ? await findMaster(store, master.step.key) : undefined;
  const file = record && fileToPlay(record.files, Number(request.part ?? 1));
  if (file === undefined)
    throw new StudioProblem(
      404,
      'not-finished',
      `Chapter ${number} is not made with these takes. Apply the changes first.`,
      { values: { number } },
    );
  const { digest, byteLength } = file;
  return sendRange(
    {
      byteLength,
      mediaType: mediaTypeOf(file.format),
      version: digest,
      open: async function* ({ from, to }) {
        let at = 0;
        for await (const chunk of store.openBlob(digest)) {
          const part = chunk.subarray(Math.max(0, from - at), Math.max(0, Math.min(chunk.length, to - at)));
          if (part.length > 0) yield part;
          at += chunk.length;
          if (at >= to) return;
        }
      },
    },
    request,
  );
}

function fileToPlay(files: readonly MasterFile[], part: number): MasterFile | undefined {
  const own = files.filter((file) => (file.part ?? 1) === part);
  return PLAYED.map((format) => own.find((file) => file.format === format)).find((file) => file !== undefined);
}
