/**
 * Writes the reference in docs/reference/ from the program itself: `npm run docs`. A test fails when a file is out of date.
 */
import { writeFileSync } from 'node:fs';
import { DOCUMENTS } from './documents.ts';

for (const [path, write] of Object.entries(DOCUMENTS)) writeFileSync(path, write());
