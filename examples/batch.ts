/**
 * All manifests of a folder, one after another, with a store of their own and the same budget for each. A book that fails does
 * not stop the others. Run it again to continue: nothing is paid twice.
 *
 *     npx tsx examples/batch.ts manifests work
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestError, openPipeline, PipelineError } from 'narration-pipeline';

const [folder = 'manifests', work = 'work'] = process.argv.slice(2);
const pipeline = openPipeline({ simulate: true, store: join(work, 'store'), out: join(work, 'books') });
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

const manifests = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
for (const name of manifests) {
  if (interrupt.signal.aborted) break;
  const run = pipeline.run(join(folder, name), { budget: '2 CNY', signal: interrupt.signal, lock: false });
  try {
    const { ok, cost, segments } = await run.finished;
    const price = cost === null ? 'price unknown' : `${cost.amount} ${cost.currency}`;
    console.log(`${name}: ${ok ? 'done' : 'incomplete'}, ${segments.synthesized} segments spoken, ${price}`);
  } catch (error) {
    if (error instanceof ManifestError) console.log(`${name}: ${error.message}`);
    else if (error instanceof PipelineError) console.log(`${name}: ${error.code}: ${error.message}`);
    else throw error;
  }
}
