/** Grants of commands with `--budget` that have ended: nothing continues them, and the ledger of spending has their calls. Pure. */
import { namedUuids } from '../plan/named-keys.ts';
import type { StoredObject } from '../store/store.ts';
import type { RootRecord, Survey } from './survey.ts';

/** Grants that no submission names and of which nothing is set aside: a killed run may have left that, or one still runs. */
export function endedGrants({ roots }: Pick<Survey, 'roots'>): StoredObject[] {
  const named = new Set(roots.flatMap(({ kind, uuids }) => (kind === 'grant' ? [] : [...uuids])));
  const grants = new Map<string, RootRecord[]>();
  for (const root of roots)
    if (root.kind === 'grant') grants.set(grantIdOf(root), [...(grants.get(grantIdOf(root)) ?? []), root]);
  return [...grants].flatMap(([id, records]) => {
    // The form of `newGrantId`; grants of manifests, approvals and watchers have other IDs, and a later run continues them.
    const isOneCommands = namedUuids(id).has(id);
    const isOpen = records.some(({ isSetAside }) => isSetAside !== false);
    return isOneCommands && !isOpen && !named.has(id) ? records.map(({ object }) => object) : [];
  });
}

/** Records of a grant are `ID.1`, `ID.2`, …: see src/store/grants.ts. */
function grantIdOf({ key }: RootRecord): string {
  return key.slice(0, key.lastIndexOf('.'));
}
