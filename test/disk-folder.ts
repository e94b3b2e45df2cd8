import { tmpdir } from 'node:os';

/** Where temporary files go of tests that are about a disk: the others' may be in memory, see test/build.ts. */
export function diskFolder(): string {
  return process.env['DISK_TMPDIR'] ?? tmpdir();
}
