/** Books that cost more than the limit wait for approval: a file that a person puts beside the manifest. */
import { join } from 'node:path';
import { type BookMemory, readBookMemory, writeBookMemory } from './book-memory.ts';
import type { ReadyBook } from './book-work.ts';
import type { Drop } from './drop.ts';
import { approvalNames } from './file-names.ts';
import type { Inbox } from './inbox.ts';

/**
 * Whether the book may run at its price; if not, dispatches that it needs approval. An approval covers the price that was
 * shown: what is spent is subtracted, and when the book costs more than what is left, it needs a new approval file.
 */
export async function ensureApproved(inbox: Inbox, drop: Drop, { price }: ReadyBook): Promise<boolean> {
  const { approveOver } = inbox.options;
  if (approveOver === undefined || price === null || price.amount <= approveOver) return true;
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  const file = await approvalFingerprint(inbox, drop);
  if (file !== undefined && file !== memory.approval?.file) {
    // The file was dropped together with the book: it approves the current price.
    await writeBookMemory(inbox.storage.records, { ...memory, approval: { left: price.amount, file } });
    return true;
  }
  if (file !== undefined && (memory.approval?.left ?? 0) + ROUNDING_ERROR >= price.amount) return true;
  inbox.dispatch(drop, { type: 'approval-needed', price });
  return false;
}

/** Queues the books that were approved while they waited. */
export async function applyApprovals(inbox: Inbox): Promise<void> {
  for (const drop of inbox.drops.values()) {
    if (drop.state.name !== 'waiting-approval') continue;
    if (!approvalNames(drop.path).some((name) => inbox.approvals.has(name))) continue;
    const file = await approvalFingerprint(inbox, drop);
    const memory: BookMemory = await readBookMemory(inbox.storage.records, drop.path);
    if (file === undefined || file === memory.approval?.file || drop.state.name !== 'waiting-approval') continue;
    // Approve the price that was shown, not what the book may cost by now.
    await writeBookMemory(inbox.storage.records, { ...memory, approval: { left: drop.state.price.amount, file } });
    inbox.dispatch(drop, { type: 'approved' });
  }
}

/** Subtracts what was billed from the book's approval. */
export async function spendApproval(inbox: Inbox, drop: Drop, amount: number): Promise<void> {
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  if (memory.approval === undefined || amount === 0) return;
  const approval = { ...memory.approval, left: Math.max(0, memory.approval.left - amount) };
  await writeBookMemory(inbox.storage.records, { ...memory, approval });
}

/** Sums of prices that differ by less are equal. */
const ROUNDING_ERROR = 0.001;

/** The fingerprint of the approval file; undefined when there is none. */
async function approvalFingerprint(inbox: Inbox, drop: Drop): Promise<string | undefined> {
  for (const name of approvalNames(drop.path)) {
    const fingerprint = await inbox.storage.fingerprintOf(join(inbox.options.folder, name));
    // Without the permissions: changing those is no new approval.
    if (fingerprint !== undefined) return fingerprint.split(' ').slice(0, 3).join(' ');
  }
  return undefined;
}
