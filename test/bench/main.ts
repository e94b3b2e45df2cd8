/**
 * `npm run bench [name…]`: speed and memory of the built program, as ratios taken side by side in one run.
 *
 * Machines are noisy; a ratio of two things measured one after the other is worth something, a bare number of seconds is
 * not. Run it on a quiet machine after `npm run build`, and write what it prints into docs/explanation/performance.md.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterChoice } from './after-choice.ts';
import { binding } from './binding.ts';
import { clientCpu } from './client-cpu.ts';
import { ears } from './ears/ears.ts';
import { enrolment } from './enrolment.ts';
import { fair } from './fair.ts';
import { faults } from './faults.ts';
import { heardOrchestration } from './heard/heard-orchestration.ts';
import { importBounds } from './import-bounds.ts';
import { largeStore } from './large-store.ts';
import { lines } from './lines.ts';
import { loudness } from './loudness.ts';
import { manuscripts } from './manuscripts.ts';
import { mastering } from './mastering.ts';
import { memory } from './memory.ts';

import { orchestration } from './orchestration.ts';
import { plan } from './plan.ts';
import { queueCost } from './queue-cost.ts';
import { readers } from './readers.ts';
import { script } from './script.ts';
import { speakers } from './speakers.ts';
import { spending } from './spending.ts';
import { nothingToDo, startUp } from './start.ts';
import { store } from './store.ts';
import { studio } from './studio.ts';
import { studioReads } from './studio-reads.ts';
import { submit } from './submit.ts';
import { takeChecks } from './take-checks.ts';
import { watch } from './watch.ts';
import { windows } from './windows.ts';
import { workers } from './workers.ts';

/** A benchmark prints its own lines through `say` and returns whether it kept its bar. `given`: folders on the command line. */
export type Bench = (say: (line: string) => void, folder: string, given: readonly string[]) => Promise<boolean>;

const BENCHES: Readonly<Record<string, Bench>> = {
  startUp,
  nothingToDo,
  plan,
  orchestration,
  heardOrchestration,
  fair,
  memory,
  enrolment,
  windows,
  clientCpu,
  faults,
  mastering,
  binding,
  mend: afterChoice,
  readers,
  loudness,
  script,
  lines,
  importBounds,
  speakers,
  store,
  spending,
  largeStore,
  studio,
  studioReads,
  submit,
  queueCost,
  workers,
  takeChecks,
  ears,
  watch,
};

const asked = process.argv.slice(2);
if (asked[0] === 'manuscripts') {
  if (asked[1] === undefined) console.error('Name a folder: npm run bench manuscripts DIR');
  process.exit(asked[1] === undefined ? 2 : (await manuscripts(asked[1], (line) => console.log(line))) ? 0 : 1);
}
const given = asked.filter((name) => !(name in BENCHES) && existsSync(name));
const wanted = asked.filter((name) => !given.includes(name));
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
let kept = true;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = await mkdtemp(join(tmpdir(), `bench-${name}-`));
  console.log(`\n${name}`);
  try {
    kept = (await bench((line) => console.log(`  ${line}`), folder, given)) && kept;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
process.exitCode = kept ? 0 : 1;
