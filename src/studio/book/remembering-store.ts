/** A store whose takes are read once: a page asks again and again for the same ones, and a take of a key never changes its sound. */
import type { Store } from '../../store/store.ts';

/** The store, and how to forget what was read. */
export interface RememberingStore {
  store: Store;
  /** Forgets the takes that are not in this list of all keys, and all of them without one: one may be damaged. */
  forget(allTakes?: ReadonlySet<string>): void;
}

/** Remembers records of takes and sizes of blobs that are there; everything else goes to the store. */
export function rememberingStore(store: Store): RememberingStore {
  const takes = new Map<string, unknown>();
  const sizes = new Map<string, number>();
  /** Of takes that are on their way: the plan and the lines of a book ask for the same ones at the same time. */
  const reading = new Map<string, Promise<void>>();
  const read = async (keys: readonly string[]): Promise<void> => {
    try {
      for await (const piece of store.readRecords('take', keys))
        for (const [key, value] of piece) takes.set(key, value);
    } finally {
      for (const key of keys) reading.delete(key);
    }
  };
  const own: Partial<Store> = {
    async *readRecords(kind, keys) {
      if (kind !== 'take') return yield* store.readRecords(kind, keys);
      const all = [...keys];
      const unknown = all.filter((key) => !takes.has(key) && !reading.has(key));
      const asked = read(unknown);
      for (const key of unknown) reading.set(key, asked);
      await Promise.all([asked, ...new Set(all.flatMap((key) => reading.get(key) ?? []))]);
      const found = all.flatMap((key): [string, unknown][] => (takes.has(key) ? [[key, takes.get(key)]] : []));
      if (found.length > 0) yield found;
    },
    blobSizes: async (digests) => {
      const all = [...digests];
      const unknown = all.filter((digest) => !sizes.has(digest));
      if (unknown.length > 0) for (const [digest, size] of await store.blobSizes(unknown)) sizes.set(digest, size);
      return new Map(all.flatMap((digest) => (sizes.has(digest) ? [[digest, sizes.get(digest)!] as const] : [])));
    },
    writeRecord: async (kind, key, value) => {
      if (kind === 'take') takes.delete(key);
      return store.writeRecord(kind, key, value);
    },
  };
  return {
    store: new Proxy(store, {
      get: (target, name) => {
        const value = own[name as keyof Store] ?? Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    forget: (allTakes) => {
      if (allTakes === undefined) {
        takes.clear();
        sizes.clear();
      } else for (const key of takes.keys()) if (!allTakes.has(key)) takes.delete(key);
    },
  };
}
