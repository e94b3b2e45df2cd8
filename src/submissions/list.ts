/** All submitted books with their status, from any machine. */
import pLimit from 'p-limit';
import { findGrant, type GrantBalance, grantBalance } from '../store/grants.ts';
import type { Store } from '../store/store.ts';
import {
  type BookState,
  type BookStatus,
  findBookState,
  findControlRequest,
  findSubmission,
  type Submission,
} from '../store/submissions.ts';
import { submissionGrantId } from './grant-id.ts';
import { HEARTBEAT_TIMEOUT_MS } from './state-recorder.ts';

/** A submitted book. */
export interface SubmittedBook {
  submission: Submission;
  status: BookStatus;
  /** Undefined until its first run started. */
  state: BookState | undefined;
  /** The grant that its runs spend; undefined without a budget, and before its first run. */
  grant: GrantBalance | undefined;
}

/** Books read at once. */
const CONCURRENT_READS = 16;

/** All books of all accounts, the latest submission first. */
export async function listBooks(store: Store): Promise<SubmittedBook[]> {
  const limit = pLimit(CONCURRENT_READS);
  const found = await limit.map(await store.listRecords('submission'), async (id) => {
    const submission = await findSubmission(store, id);
    return submission && withStatus(store, submission);
  });
  return found
    .filter((book) => book !== undefined)
    .sort((a, b) => b.submission.submittedAt.localeCompare(a.submission.submittedAt));
}

async function withStatus(store: Store, submission: Submission): Promise<SubmittedBook> {
  const grantId = submissionGrantId(submission) ?? submission.grant;
  const [state, request, grant] = await Promise.all([
    findBookState(store, submission),
    findControlRequest(store, submission.id),
    // A damaged one must not hide the books.
    grantId === undefined ? undefined : findGrant(store, grantId).catch(() => undefined),
  ]);
  const isLost = state?.status === 'running' && (await isSilent(store, submission));
  return {
    submission,
    state,
    status: statusOf(submission, state, { request, isLost }),
    grant: grant && grantBalance(grant),
  };
}

/** Whether the last heartbeat is too old, by the store's clock: that of the machine that runs the book may differ from ours. */
async function isSilent(store: Store, { id }: Submission): Promise<boolean> {
  const ageMs = await store.recordAgeMs('book-state', id);
  return ageMs !== undefined && ageMs > HEARTBEAT_TIMEOUT_MS;
}

/** The recorded status, corrected by the control request and by whether the process that runs the book is dead. */
function statusOf(
  { content }: Submission,
  state: BookState | undefined,
  { request, isLost }: { request: 'pause' | 'cancel' | undefined; isLost: boolean },
): BookStatus {
  const recorded = state?.status ?? 'queued';
  if (recorded !== 'queued' && recorded !== 'running') return recorded;
  if (request === 'cancel') return 'cancelled';
  // A detached book is taken over by another conductor; any other run ended with its process.
  if (recorded === 'running' && isLost) return content === undefined ? 'interrupted' : 'queued';
  return request === 'pause' ? 'paused' : recorded;
}
