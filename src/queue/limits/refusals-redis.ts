/** Which error replies of Redis are an outage: it answers, but cannot work now, and nothing of the command was done. */

/**
 * A replica after a failover (READONLY, MASTERDOWN), too few replicas (NOREPLICAS), no memory (OOM), still reading its
 * data (LOADING), a disk that fails (MISCONF), a slow script (BUSY), a cluster, a password or the user's rights (NOPERM) in
 * transition.
 * Source: redis 7.0, src/server.c createSharedObjects; redis.io/docs, error replies.
 */
const CODES =
  'READONLY|MASTERDOWN|NOREPLICAS|OOM|LOADING|MISCONF|BUSY|UNBLOCKED|CLUSTERDOWN|TRYAGAIN|NOAUTH|NOPERM|WRONGPASS|UNKILLABLE';
/** Redis before 7 quotes the reply in the error of the script; an aborted transaction names its cause. */
const REFUSAL = new RegExp(
  String.raw`^(${CODES})\b|-(${CODES}) |^EXECABORT .*because of: *-?(${CODES})\b|max number of clients|The user executing the script can't`,
);

/** Whether Redis refused a command because it cannot work now. Asking again is safe: nothing of it was done. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSAL.test(reasonOf(error));
}

/** What Redis says. For a transaction that it discarded: what it says of the command that was refused. */
export function reasonOf(error: Error): string {
  const { previousErrors } = error as { previousErrors?: unknown };
  if (!error.message.startsWith('EXECABORT') || !Array.isArray(previousErrors)) return error.message;
  return previousErrors.find(isRefusal)?.message ?? error.message;
}

/** Refusals that may be of an old connection: another server may be behind the address by now. */
const MOVED = /READONLY|MASTERDOWN|CLUSTERDOWN|NOAUTH|NOPERM|WRONGPASS|UNBLOCKED/;

/** Whether a new connection may help: after a failover the address leads to another server. */
export function mayHaveMoved(error: Error): boolean {
  return MOVED.test(reasonOf(error));
}

/** A transaction whose connection broke between its replies. Asking again is as safe as what the client does itself. */
export function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && /aborted due to connection close/.test(error.message);
}
