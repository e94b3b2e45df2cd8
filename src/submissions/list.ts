/** All books on the shelf, as anybody sees them. */
import pLimit from 'p-limit';
import type { Store } from '../store/store.ts';
import {
  type BookState,
  type BookStatus,
  findBookState,
  findControlRequest,
  findSubmission,
  type Submission,
} from '../store/submissions.ts';
import { LOST_AFTER_MS } from './state-recorder.ts';

/** A book on the shelf. */
export interface SubmittedBook {
  submission: Submission;
  status: BookStatus;
  /** Undefined until somebody took it up. */
  state: BookState | undefined;
}

/** Books read at once. */
const AT_ONCE = 16;

/** All books, of whatever account, those handed in last first. */
export async function listBooks(store: Store): Promise<SubmittedBook[]> {
  const limit = pLimit(AT_ONCE);
  const found = await limit.map(await store.listRecords('submission'), async (id) => {
    const submission = await findSubmission(store, id);
    return submission && shelved(store, submission);
  });
  return found
    .filter((book) => book !== undefined)
    .sort((a, b) => b.submission.submittedAt.localeCompare(a.submission.submittedAt));
}

async function shelved(store: Store, submission: Submission): Promise<SubmittedBook> {
  const [state, hold] = await Promise.all([findBookState(store, submission), findControlRequest(store, submission.id)]);
  return { submission, state, status: statusOf(submission, state, hold) };
}

/** What is noted, seen in the light of what is wanted and of how long nobody was heard of. */
function statusOf(
  { content }: Submission,
  state: BookState | undefined,
  hold: 'pause' | 'cancel' | undefined,
): BookStatus {
  const noted = state?.status ?? 'queued';
  if (noted !== 'queued' && noted !== 'running') return noted;
  if (hold === 'cancel') return 'cancelled';
  const isLost = state !== undefined && Date.now() - Date.parse(state.beatAt) > LOST_AFTER_MS;
  // A detached book is taken up by the next one; any other died with its process.
  if (noted === 'running' && isLost) return content === undefined ? 'interrupted' : 'queued';
  return hold === 'pause' ? 'paused' : noted;
}
