/** Books that cost more than the limit wait for approval: a file that a person puts beside the manifest. */
import { approvalFingerprint } from './approval-file.ts';
import { type BookMemory, readBookMemory, writeBookMemory } from './book-memory.ts';
import { grantedOf } from './book-money.ts';
import type { ReadyBook } from './book-work.ts';
import type { Drop } from './drop.ts';
import { approvalNames } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import type { Price } from './state-machine.ts';

/** What a person has agreed to for one version of a book. */
export interface Agreement {
  /** In the currency of the prices. */
  amount: number;
  /** Tells it apart from every other agreement. */
  id: string;
}

/**
 * Whether the book may run at its price; if not, dispatches that it needs approval. An approval covers the price that was
 * shown: what is spent is subtracted, and when the book costs more than what is left, it needs a new approval file. An
 * edited book may cost as much as was agreed for it.
 */
export async function ensureApproved(
  inbox: Inbox,
  drop: Drop,
  book: ReadyBook,
): Promise<{ isApproved: boolean; agreement?: Agreement }> {
  const { price, estimated = false } = book;
  const { approveOver } = inbox.options;
  if (approveOver === undefined || price === null || price.amount === 0) {
    drop.granted ??= grantedOf(book, undefined);
    return { isApproved: true };
  }
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  const file = await approvalFingerprint(inbox, drop);
  const version = drop.stability?.signature;
  const approval = approvalFor(memory.approval, { file, version, price });
  const isCovered =
    approval !== undefined && approval.left + marginOf(approval, estimated) + ROUNDING_ERROR >= price.amount;
  if (isCovered) {
    if (approval !== memory.approval) await writeBookMemory(inbox.storage.records, { ...memory, approval });
    const agreement = agreementOf(drop, approval, estimated);
    drop.granted = grantedOf(book, agreement?.amount);
    inbox.updateStatus(drop);
    return { isApproved: true, ...(agreement && { agreement }) };
  }
  drop.granted = grantedOf(book, undefined);
  // A new version of a book that was approved may be cheap enough without.
  const isOfThisVersion = approval !== undefined && approval.agreed !== undefined && approval.version === version;
  if (price.amount <= approveOver && !isOfThisVersion) return { isApproved: true };
  inbox.dispatch(drop, { type: 'approval-needed', price });
  return { isApproved: false };
}

type Approval = NonNullable<BookMemory['approval']>;

/** The approval as it stands for this version of the book; undefined when there is none. */
function approvalFor(
  known: Approval | undefined,
  { file, version, price }: { file: string | undefined; version: string | undefined; price: Price },
): Approval | undefined {
  if (file === undefined) return undefined;
  // The file was dropped together with the book, or since the price was shown: it approves the current price.
  if (file !== known?.file) return { left: price.amount, file, agreed: price.amount, version };
  if (known.version === version || known.agreed === undefined) return known;
  return { ...known, left: known.agreed, version };
}

/** An estimated price may be wrong by this share of it; an approval covers that. */
const ESTIMATE_MARGIN = 0.25;

function marginOf({ agreed = 0 }: Approval, isEstimated: boolean): number {
  return isEstimated ? agreed * ESTIMATE_MARGIN : 0;
}

function agreementOf(drop: Drop, approval: Approval, isEstimated: boolean): Agreement | undefined {
  const { agreed, file, version } = approval;
  if (agreed === undefined) return undefined;
  return { amount: agreed + marginOf(approval, isEstimated), id: JSON.stringify([drop.path, file, version, agreed]) };
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
    const { amount } = drop.state.price;
    const approval = { left: amount, file, agreed: amount, version: drop.stability?.signature };
    await writeBookMemory(inbox.storage.records, { ...memory, approval });
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
