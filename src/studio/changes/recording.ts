/** A recording of a line by a person, in place of its takes: judged first, kept beside the manifest, and named in the review file. */

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.ts';
import { chineseWords } from '../../manifest/diagnostics/chinese/in-chinese.ts';
import type { Moment } from '../book/moment.ts';
import { bytesOf } from '../server/bodies.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Studio } from '../studio.ts';
import { decideFields } from './decide.ts';

/** Ten minutes of 16-bit mono at 96 kHz. */
const MOST_BYTES = 115_200_000;
const FOLDER = 'recordings';

/** Uses the body of the request for the line. Throws a `StudioProblem` for what is silent, no sound, or not this line. */
export async function useRecording(
  studio: Studio,
  moment: Moment,
  { index, request }: { index: number; request: Request },
): Promise<void> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^audio\/(x-)?wave?$/.test(type)) throw new StudioProblem(415, 'not-wav', 'Send a WAV file as audio/wav.');
  const bytes = await bytesOf(request, MOST_BYTES);
  const { number, words, chapter, line } = moment.lines[index]!;
  const problem = await studio.given.recordingProblem(moment, { bytes, text: words, signal: request.signal });
  if (problem !== undefined)
    throw new StudioProblem(422, 'recording-unusable', `${problem} Nothing was changed.`, {
      values: { why: chineseWords(problem) ?? problem },
    });
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const name = `${FOLDER}/${chapter}-${line} ${digest}.wav`;
  const path = join(moment.book.folder, name);
  try {
    await mkdir(join(moment.book.folder, FOLDER), { recursive: true });
    await writeFile(path, bytes, { flush: true });
  } catch (error) {
    throw new StudioProblem(
      507,
      'input-unreadable',
      `${name} cannot be written (${systemCode(error) ?? 'unknown reason'}). Nothing was changed.`,
    );
  }
  await decideFields(studio, moment, { index, fields: { recording: name }, ...doneWords.recording(number) });
}

/** Makes the take of a recording, as a run would: nothing is spoken and nothing is paid. */
export function convertRecording({ given, current, jobs }: Studio, moment: Moment, index: number): void {
  const { number, segments } = moment.lines[index]!;
  if (moment.states[index]!.inStore || segments.some(({ pickup }) => pickup === undefined)) return;
  jobs.start({
    kind: 'retake',
    line: number,
    message: `Converting the recording of ${number}.`,
    doing: { code: 'converting', values: { number } },
    key: segments.map(({ key }) => key).join(' '),
    work: async (report, signal) => {
      const notice = (message: string): void => report({ message });
      const { failures } = await given.speak(moment, {
        segments,
        isRetake: false,
        notice,
        onResult: () => undefined,
        signal,
      });
      await current.afterChange();
      if (failures.length > 0) throw new StudioProblem(503, 'not-converted', failures.join(' '));
      report({
        message: `The recording of ${number} can be heard.`,
        doing: { code: 'converted', values: { number } },
        result: { takes: [1] },
      });
    },
  });
}
