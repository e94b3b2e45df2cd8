/** Preloaded into a process (NODE_OPTIONS): with each SIGUSR2 its clock, as JavaScript sees it, goes on by the next of CHAOS_CLOCK_STEPS (seconds). */
const steps = (process.env.CHAOS_CLOCK_STEPS ?? '').split(',').map(Number);
const RealDate = Date;
let offsetMs = 0;
process.on('SIGUSR2', () => {
  offsetMs += (steps.shift() ?? 0) * 1000;
});
const now = () => RealDate.now() + offsetMs;
globalThis.Date = class SteppedDate extends RealDate {
  constructor(...of) {
    if (of.length === 0) super(now());
    else super(...of);
  }
  static now() {
    return now();
  }
};
