/** Reads the status of the books below a watched S3 prefix. */
import type { Bucket } from '../store/s3/bucket.ts';
import { kindOfName, OWN_FOLDER, STOPPED_NOTICE, WATCHER_IDS } from '../watch/file-names.ts';
import { objectsOf } from './list-objects.ts';
import { localFileOf } from './object-names.ts';

/** The books, watchers and status files of a prefix. */
export interface S3StatusView {
  /** Names of manifests and archives. */
  books: string[];
  /** IDs of the watchers. */
  watchers: string[];
  paused: boolean;
  /** The text of a status file; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
}

/** Lists the prefix. `done`: the prefix of finished books below it. Rejects with the bucket's error. */
export async function readS3Statuses(bucket: Bucket, done: string | undefined): Promise<S3StatusView> {
  const watchersPrefix = `${OWN_FOLDER}/${WATCHER_IDS}/`;
  const view: S3StatusView = { books: [], watchers: [], paused: false, read: () => Promise.resolve(undefined) };
  const statuses = new Set<string>();
  for await (const { name } of bucket.list(watchersPrefix))
    view.watchers.push(name.slice(watchersPrefix.length).replace(/\.json$/, ''));
  for await (const { name } of objectsOf(bucket, [...(done === undefined ? [] : [done]), `${OWN_FOLDER}/`])) {
    const localFile = localFileOf(name, done);
    if (localFile === 'status' || name === STOPPED_NOTICE) statuses.add(name);
    if (localFile !== 'file') continue;
    const kind = kindOfName(name.split('/').at(-1) ?? '', { atRoot: !name.includes('/') });
    if (kind === 'manifest' || kind === 'archive') view.books.push(name);
    if (kind === 'pause') view.paused = true;
  }
  return {
    ...view,
    books: view.books.sort(),
    read: async (name) => (statuses.has(name) ? (await bucket.getText(name))?.text : undefined),
  };
}
