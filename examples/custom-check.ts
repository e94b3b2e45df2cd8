/**
 * A check of one's own: no chapter may be longer than a limit of ours. The pipeline measures the files and judges them by a shop's
 * rules; what else a house wants is added here. Exit code 1 when a file does not pass.
 *
 *     npx tsx examples/custom-check.ts 'out/The Tin Lighthouse'
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPipeline } from 'narration-pipeline';

const MOST_MINUTES = 90;
const [folder = 'out/The Tin Lighthouse', profile = 'acx'] = process.argv.slice(2);
if (profile !== 'acx' && profile !== 'none') throw new Error(`There is no profile "${profile}" here.`);

const files = (await readdir(folder)).filter((name) => name.endsWith('.mp3')).map((name) => join(folder, name));
const verified = await openPipeline().verify(files, { profile });
const tooLong = verified.files.filter(({ measured }) => (measured?.durationSeconds ?? 0) > MOST_MINUTES * 60);

for (const { path, verdict, measured } of verified.files)
  console.log(`${path}: ${verdict.verdict}, ${measured?.durationSeconds.toFixed(1)} s`);
for (const { path } of tooLong) console.log(`${path}: longer than ${MOST_MINUTES} minutes`);
process.exitCode = verified.ok && tooLong.length === 0 ? 0 : 1;
