/** Lets so many calls at once be spoken; the others wait without an answer, in the order of their arrival. */
export function createWorkQueue() {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    /** Resolves when it is the call's turn, with the function that ends the turn. */
    async enter(workers: number): Promise<() => void> {
      if (busy >= workers) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy++;
      return () => {
        // The turn passes to the next one, so `busy` stays.
        const next = waiting.shift();
        if (next === undefined) busy--;
        else next();
      };
    },
  };
}
