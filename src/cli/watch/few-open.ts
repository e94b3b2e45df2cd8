/** Things that are opened when somebody asks for them, of which only a few are open at once. */

/** What can be open. */
export interface Openable {
  /** Closing it now would break something off. */
  isBusy(): boolean;
  close(): Promise<void>;
}

/**
 * Opens by name, each once. More than `most` close the one that was asked for longest ago and is not busy; while all are busy,
 * more are open. What cannot be opened is tried again when it is asked for again. `onFault` receives failures to close.
 */
export function fewOpen<Thing extends Openable>(of: {
  most: number;
  open(name: string): Promise<Thing>;
  onFault(error: unknown): void;
}): { get(name: string): Promise<Thing>; close(): Promise<void> } {
  const { most, open, onFault } = of;
  /** The latest that was asked for is the last. */
  const things = new Map<string, Promise<Thing>>();
  const closeIdle = async (): Promise<void> => {
    for (const [name, opening] of [...things].slice(0, -1)) {
      if (things.size <= most) return;
      const thing = await opening.catch(() => undefined);
      // Somebody may have asked for it meanwhile: then it is the latest.
      if (thing === undefined || thing.isBusy() || [...things.keys()].at(-1) === name) continue;
      if (things.get(name) !== opening) continue;
      things.delete(name);
      await thing.close();
    }
  };
  return {
    get: (name) => {
      const thing = things.get(name) ?? open(name);
      things.delete(name);
      things.set(name, thing);
      thing.catch(() => {
        if (things.get(name) === thing) things.delete(name);
      });
      void closeIdle().catch(onFault);
      return thing;
    },
    close: async () => {
      await Promise.all(
        [...things.values()].map((opening) => opening.then((one) => one.close()).catch(() => undefined)),
      );
    },
  };
}
