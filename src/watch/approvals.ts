/** Books that cost more than was agreed wait for a person's yes: a file beside the manifest. */
import { join } from 'node:path';
import { type BookMemory, readBookMemory, writeBookMemory } from './book-memory.ts';
import type { ReadyBook } from './book-work.ts';
import type { Drop } from './drop.ts';
import { approvalNames } from './file-names.ts';
import type { Inbox } from './inbox.ts';

/**
 * Whether the book may be spoken at its price; when not, it is told that it waits. A yes holds for the price that was
 * asked: what is spent is taken off it, and when the book grows beyond what is left, the file must be put there anew.
 */
export async function ensureApproved(inbox: Inbox, drop: Drop, { price }: ReadyBook): Promise<boolean> {
  const { approveOver } = inbox.options;
  if (approveOver === undefined || price === null || price.amount <= approveOver) return true;
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  const file = await approvalFingerprint(inbox, drop);
  if (file !== undefined && file !== memory.approval?.file) {
    // Dropped together with the book: a yes to whatever it costs as it is now.
    await writeBookMemory(inbox.storage.records, { ...memory, approval: { left: price.amount, file } });
    return true;
  }
  if (file !== undefined && (memory.approval?.left ?? 0) + ROUNDING_ERROR >= price.amount) return true;
  inbox.dispatch(drop, { type: 'approval-needed', price });
  return false;
}

/** Lets the books go on for which a yes has come since they asked. */
export async function applyApprovals(inbox: Inbox): Promise<void> {
  for (const drop of inbox.drops.values()) {
    if (drop.state.name !== 'waiting-approval') continue;
    if (!approvalNames(drop.path).some((name) => inbox.approvals.has(name))) continue;
    const file = await approvalFingerprint(inbox, drop);
    const memory: BookMemory = await readBookMemory(inbox.storage.records, drop.path);
    if (file === undefined || file === memory.approval?.file || drop.state.name !== 'waiting-approval') continue;
    // To the price that was asked, not to what the book may cost by now.
    await writeBookMemory(inbox.storage.records, { ...memory, approval: { left: drop.state.price.amount, file } });
    inbox.dispatch(drop, { type: 'approved' });
  }
}

/** Takes what was billed off the yes that it was spent under. */
export async function spendApproval(inbox: Inbox, drop: Drop, amount: number): Promise<void> {
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  if (memory.approval === undefined || amount === 0) return;
  const approval = { ...memory.approval, left: Math.max(0, memory.approval.left - amount) };
  await writeBookMemory(inbox.storage.records, { ...memory, approval });
}

/** What sums of prices may differ by without being different. */
const ROUNDING_ERROR = 0.001;

/** How the file looks that says yes; undefined when there is none. */
async function approvalFingerprint(inbox: Inbox, drop: Drop): Promise<string | undefined> {
  for (const name of approvalNames(drop.path)) {
    const fingerprint = await inbox.storage.fingerprintOf(join(inbox.options.folder, name));
    // Without its rights: who changes those agrees to nothing.
    if (fingerprint !== undefined) return fingerprint.split(' ').slice(0, 3).join(' ');
  }
  return undefined;
}
