/** Journals on S3, where nothing can be appended to: each batch of lines is an object of its own until it is folded. */
import pLimit from 'p-limit';
import { foldedName, type Journals, readStill, textOfLines } from '../journals.ts';
import { JOURNALS, journalFile, journalOfFile } from '../layout.ts';
import type { Bucket } from './bucket.ts';

/** How long lines wait for others, in milliseconds: a request costs more than all lines that it can carry. */
const BATCH_MS = 40;
/** Concurrent requests. */
const REQUESTS_AT_ONCE = 32;

/** The journals of the store in a bucket. */
export function openS3Journals(bucket: Bucket): Journals {
  let batches = 0;
  const limit = pLimit(REQUESTS_AT_ONCE);
  const filesOf = async (prefix: string): Promise<{ journal: string; name: string }[]> => {
    const files: { journal: string; name: string }[] = [];
    for await (const { name } of bucket.list(`${JOURNALS}/${prefix}`)) {
      const file = journalOfFile(name);
      if (file !== undefined) files.push(file);
    }
    return files;
  };
  const namesIn = async (journal: string): Promise<string[]> =>
    (await filesOf(`${journal}/`)).filter((file) => file.journal === journal).map(({ name }) => name);
  const textOf = (journal: string, name: string): Promise<string | undefined> =>
    limit(async () => (await bucket.getText(journalFile(journal, name)))?.text);
  return {
    batchMs: BATCH_MS,
    append: (journal, lines, { writer }) => {
      const name = `${writer}-${String(++batches).padStart(6, '0')}`;
      return bucket.put(journalFile(journal, name), textOfLines(lines));
    },
    list: async (prefix) => [...new Set((await filesOf(prefix)).map(({ journal }) => journal))].sort(),
    files: namesIn,
    read: (journal) => readStill({ names: () => namesIn(journal), text: (name) => textOf(journal, name) }),
    fold: async (journal, merge) => {
      const names = await namesIn(journal);
      const read = await Promise.all(names.map(async (name) => [name, await textOf(journal, name)] as const));
      const texts = read.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
      if (texts.length === 0) return;
      const text = textOfLines(merge(texts.map(([, one]) => one)));
      const target = foldedName(text);
      await bucket.put(journalFile(journal, target), text);
      await limit.map(
        texts.filter(([name]) => name !== target),
        ([name]) => bucket.delete(journalFile(journal, name)),
      );
    },
  };
}
