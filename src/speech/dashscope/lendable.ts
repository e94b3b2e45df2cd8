/** What the scheduler needs to know of a session. */
export interface Lendable {
  /** Settles when it is closed, by either side and for any reason. Never rejects. */
  readonly closed: Promise<void>;
  /** False after any error and once it is finished. */
  readonly usable: boolean;
  /** Ends it properly and waits until it is closed. May be called twice; never rejects. */
  finish(): Promise<void>;
}
