/** What people and programs are told about one book when its state changes: the status text and the events. */
import { basename } from 'node:path';
import { realMoney } from './book-money.ts';
import type { Drop } from './drop.ts';
import type { InboxEvent } from './events.ts';
import { type StatusLanguage, statusText } from './messages.ts';
import type { PauseReason, State } from './state-machine.ts';

/** Copying is mentioned only when it takes longer than this, in milliseconds. */
const SHOW_SETTLING_AFTER_MS = 2_000;

/** The text of a book's status file; undefined while there is nothing worth saying. `language`: default, that of the book. */
export function statusOfDrop(
  drop: Drop,
  whyPaused: (reason: PauseReason, language: StatusLanguage) => string,
  language: StatusLanguage = drop.references.language,
): string | undefined {
  const { state, stability } = drop;
  if (drop.partOfBook || state.name === 'seen' || state.name === 'cancelled') return undefined;
  // A book that is complete at once needs no line about copying, and one that was delivered before keeps its status.
  if (state.name === 'settling' && performance.now() - drop.foundAtMs < SHOW_SETTLING_AFTER_MS) return undefined;
  if (state.name === 'settling' && (stability === undefined || stability.longestGapMs === 0)) return undefined;
  // The watcher that holds the claim writes the status.
  if (state.name === 'elsewhere') return undefined;
  const why = state.name === 'paused' ? whyPaused(state.reason, language) : undefined;
  const details = {
    fileName: basename(drop.file),
    progress: drop.progress,
    why,
    spent: realMoney(drop.spent),
    granted: drop.granted,
    ...drop.delivered,
  };
  return statusText(state, details, language);
}

/** The errors of a rejected book in a language; undefined for another book. */
export function rejectionOf({ rejection, rejectionZh }: Drop, language: StatusLanguage): string | undefined {
  return language === 'zh' ? rejectionZh : rejection;
}

/** The events of a state change. `before`: the state it left; `status`: the new text of its status file. */
export function eventsOfChange(drop: Drop, of: { before: State['name']; status: string | undefined }): InboxEvent[] {
  if (drop.partOfBook) return [];
  const book = {
    path: drop.path,
    ...(drop.title !== undefined && { title: drop.title }),
    ...(drop.stability !== undefined && { version: drop.stability.signature }),
  };
  const { name } = drop.state;
  const status = of.status ?? name;
  const events: InboxEvent[] = [{ type: 'inbox.state', ...book, state: name, status }];
  if (name === 'rejected')
    events.push({ type: 'inbox.rejected', ...book, errors: rejectionOf(drop, drop.references.language) ?? '' });
  if (name === 'needs-you' || name === 'waiting-approval')
    events.push({ type: 'inbox.attention', ...book, why: status });
  if (name === 'cancelled' && of.before !== 'seen') events.push({ type: 'inbox.cancelled', ...book });
  return events;
}
