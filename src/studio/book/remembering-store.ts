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
  const own: Partial<Store> = {
    async *readRecords(kind, keys) {
      if (kind !== 'take') return yield* store.readRecords(kind, keys);
      const known: [string, unknown][] = [];
      const unknown: string[] = [];
      for (const key of keys) {
        const value = takes.get(key);
        if (value === undefined) unknown.push(key);
        else known.push([key, value]);
      }
      if (known.length > 0) yield known;
      if (unknown.length === 0) return;
      for await (const piece of store.readRecords(kind, unknown)) {
        for (const [key, value] of piece) takes.set(key, value);
        yield piece;
      }
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
