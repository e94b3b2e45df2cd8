/** Waits of closing workers that must end even if Redis is away. */

/** A wait. Cancel it when it is no longer needed. */
export interface Wait {
  passed: Promise<void>;
  cancel(): void;
}

/** Interval at which a closing worker checks whether a step is in progress, in milliseconds. */
const IDLE_CHECK_MS = 100;

/** Passes after so many milliseconds. */
export function after(ms: number): Wait {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { passed, cancel: () => clearTimeout(timer) };
}

/** Passes when nothing has been in progress for so many milliseconds. */
export function untilIdle(active: { readonly size: number }, ms: number): Wait {
  let idleSince: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      idleSince = active.size > 0 ? undefined : (idleSince ?? performance.now());
      if (idleSince !== undefined && performance.now() - idleSince >= ms) resolve();
    }, IDLE_CHECK_MS);
  });
  return { passed, cancel: () => clearInterval(timer) };
}
