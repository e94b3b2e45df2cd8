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
  return { submission, state, status: statusOf(submission, state, request), grant: grant && grantBalance(grant) };
}

/** The recorded status, corrected by the control request and the age of the last heartbeat. */
function statusOf(
  { content }: Submission,
  state: BookState | undefined,
  request: 'pause' | 'cancel' | undefined,
): BookStatus {
  const recorded = state?.status ?? 'queued';
  if (recorded !== 'queued' && recorded !== 'running') return recorded;
  if (request === 'cancel') return 'cancelled';
  const isLost = state !== undefined && Date.now() - Date.parse(state.beatAt) > HEARTBEAT_TIMEOUT_MS;
  // A detached book is taken over by another conductor; any other run ended with its process.
  if (recorded === 'running' && isLost) return content === undefined ? 'interrupted' : 'queued';
  return request === 'pause' ? 'paused' : recorded;
}
