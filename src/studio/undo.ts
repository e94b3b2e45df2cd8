/** What was done in a studio, so that it can be taken back, the last first. */

/** Something that was done. */
export interface Done {
  /** `the choice of take 2 for 3:37` */
  what: string;
  /** Stable IDs of the lines that it changed. */
  ids: readonly string[];
  /** Where a speaker was named: the chapter, and the part among its parts. */
  place?: { chapter: number; at: number };
  /** Takes it back. Throws a `StudioProblem` when somebody has changed the same since: it then stays as it is. */
  undo(): Promise<void>;
}

/** The things done, the last one last. */
export interface UndoStack {
  push(done: Done): void;
  last(): Done | undefined;
  /** Takes the last one back and returns it; undefined when there is nothing. */
  undo(): Promise<Done | undefined>;
}

/** More are forgotten, the oldest first. */
const MOST_DONE = 1_000;

/** Opens an empty one. */
export function openUndoStack(): UndoStack {
  const done: Done[] = [];
  return {
    push: (one) => {
      done.push(one);
      if (done.length > MOST_DONE) done.shift();
    },
    last: () => done.at(-1),
    undo: async () => {
      const one = done.at(-1);
      if (one === undefined) return undefined;
      try {
        await one.undo();
      } finally {
        // What cannot be taken back must not be in the way of what can.
        const at = done.indexOf(one);
        if (at >= 0) done.splice(at, 1);
      }
      return one;
    },
  };
}
