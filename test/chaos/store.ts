/** The store of a storm as one sees it from outside: its files, on disk or in the memory of the tests' S3 server. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Server } from '../store/s3-server.ts';

/** A store that can be looked into. */
export interface StormStore {
  /** As `--store` takes it. */
  address: string;
  /** Files whose names begin with this, and their texts. */
  texts(folder: string): Promise<[name: string, text: string][]>;
}

/** A store in a folder. */
export function diskStore(root: string): StormStore {
  return {
    address: root,
    texts: async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
      const files = names.filter((name) => name.endsWith('.json'));
      return Promise.all(files.map(async (name) => [name, await readFile(join(root, folder, name), 'utf8')]));
    },
  };
}

/** A store in the bucket of the tests' server. */
export function s3Store(server: S3Server): StormStore {
  const prefix = 'storm/';
  return {
    address: `s3://books/${prefix.slice(0, -1)}`,
    texts: async (folder) =>
      [...server.objects].flatMap(([name, { bytes }]) =>
        name.startsWith(`${prefix}${folder}/`)
          ? [[name.slice(prefix.length + folder.length + 1), bytes.toString()] as [string, string]]
          : [],
      ),
  };
}
