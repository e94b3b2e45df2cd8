/** `pipeline review` where another program has its port: clear, with a way out, and nothing is lost. */
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { linesCommand } from '../../src/cli/lines/lines.ts';
import { reviewCommand } from '../../src/cli/review/review.ts';
import { bookFolder, called, quickCommands } from '../cli/in-process.ts';

const REVIEW =
  'version: 1\nlines:\n  - { words: "Nobody answered.", at: "1:1", comments: [{ text: "Slower." }] }\n...\n';

quickCommands();

it('a port in use: what is wrong, what to do, exit code 3, and every decision is where it was', async () => {
  const book = await bookFolder(['Nobody answered.\n\n[mara] Yes.']);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    await writeFile(`${book.manifest}.review`, REVIEW);
    expect(await called(() => linesCommand(book.manifest, { ...book.flags }))).toMatchObject({ code: 0, stderr: '' });
    const before = await readdir(book.folder, { recursive: true });
    const { code, stdout, stderr } = await called(() =>
      reviewCommand(book.manifest, { ...book.flags, port, open: false }),
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe(
      `Another program uses 127.0.0.1:${port}; it may be one of yours that still runs. Choose another --port; 0 uses a free port.`,
    );
    expect(await readFile(`${book.manifest}.review`, 'utf8')).toBe(REVIEW);
    expect((await readdir(book.folder, { recursive: true })).sort()).toEqual(before.sort());
  } finally {
    other.close();
    await book.destroy();
  }
});
