/** Shells whose completion is known, and what their scripts are made from. */

/** Their names. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** Words from the program on: `store prune`. */
  path: string;
  description: string;
  commands: { name: string; description: string }[];
  flags: CompletedFlag[];
  /** Words that its first argument may be; none: any, such as a file. */
  words: readonly string[];
}

/** A flag. */
export interface CompletedFlag {
  names: string[];
  description: string;
  /** What follows it: one of these words, a file (none), or nothing. */
  value: readonly string[] | undefined;
}
