/** When a holder counts as dead: by proof, or by heartbeats that no clock is compared with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Holder, newHolder, parseHolder } from '../../src/holders/holder.ts';
import { Observer } from '../../src/holders/observer.ts';
import { stateOf, THIS_PROCESS } from '../../src/holders/process-identity.ts';
import { DEFAULT_CLAIM_TIMINGS } from '../../src/watch/claim.ts';

const STALE_MS = 60_000;
const elsewhere: Holder = { ...newHolder(), boot: '0123456789abcdef' };
const knowsProcesses = THIS_PROCESS.started !== undefined;

/** An observer whose monotonic clock the test moves. */
function observer(): { look: (beat: string, holder?: Holder) => boolean; pass(ms: number): void } {
  let nowMs = 1e6;
  const eyes = new Observer({ staleMs: STALE_MS }, () => nowMs);
  return {
    look: (beat, holder = elsewhere) => eyes.look('lock', beat, holder).isDead,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

it('a holder elsewhere is dead when its heartbeat was unchanged for the limit, never sooner', () => {
  const { look, pass } = observer();
  const looks = [];
  for (let seconds = 0; seconds <= 65; seconds += 5) {
    looks.push(look('same'));
    pass(5_000);
  }
  expect(looks.indexOf(true)).toBe(13);
  expect(look('another')).toBe(false);
});

it('a holder is judged by what it promised, one of an earlier version by the old minute, and a long promise by ten', () => {
  const { staleMs, beatMs } = DEFAULT_CLAIM_TIMINGS;
  const deadAfterMs = (holder: Holder | undefined): number => {
    let nowMs = 0;
    const eyes = new Observer(DEFAULT_CLAIM_TIMINGS, () => nowMs);
    // As often as a watcher looks.
    while (!eyes.look('claim', 'same', holder).isDead) nowMs += staleMs / 8;
    return nowMs;
  };
  const written = parseHolder(JSON.stringify({ ...newHolder(DEFAULT_CLAIM_TIMINGS), boot: elsewhere.boot }));
  // From the last heartbeat to the next look of a watcher that then starts the book.
  expect(beatMs + deadAfterMs(written)).toBeLessThan(30_000);
  expect(deadAfterMs(elsewhere)).toBeGreaterThan(60_000);
  expect(deadAfterMs({ ...elsewhere, deadAfterMs: 1e12 })).toBeLessThan(620_000);
});

it('a holder that beats is never dead, however slowly the observer looks', () => {
  const { look, pass } = observer();
  for (let beat = 0; beat < 20; beat++) {
    expect(look(String(beat))).toBe(false);
    pass(100_000);
  }
});

it('an observer that slept, perhaps together with the holder, gives it time for its next heartbeat', () => {
  const { look, pass } = observer();
  look('same');
  pass(3_600_000);
  expect(look('same')).toBe(false);
  pass(5_000);
  expect(look('same')).toBe(false);
  expect(look('woke up')).toBe(false);
});

it.runIf(knowsProcesses)('a process here that runs is never dead, even when it is suspended', async () => {
  const { look, pass } = observer();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const started = /.*\) (.*)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.[1]?.split(' ')[19];
  const holder = { ...newHolder(), pid: child.pid!, started };
  child.kill('SIGSTOP');
  for (let look5 = 0; look5 < 40; look5++) {
    expect(look('same', holder)).toBe(false);
    pass(5_000);
  }
  // Its ID belongs to a process that began at another time: the holder has ended.
  expect(look('same', { ...holder, started: '1' })).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(look('same', holder)).toBe(true);
});

it.runIf(knowsProcesses)('a process that has ended but that nobody waited for does not run', async () => {
  // The shell never waits for its first child, which ends after the shell has become another program.
  const shell = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const statOf = (): string[] => /.*\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]?.split(' ') ?? [];
  await expect.poll(() => statOf()[0]).toBe('Z');
  expect(stateOf({ ...THIS_PROCESS, pid, started: statOf()[19] })).toBe('gone');
  shell.kill('SIGKILL');
});

it('nothing is proved about a process of another boot, other namespaces, or an unknown place', () => {
  const gone = { ...THIS_PROCESS, pid: 2 ** 22 + 1 };
  if (THIS_PROCESS.boot !== undefined) expect(stateOf(gone)).toBe('gone');
  expect(stateOf({ ...gone, boot: '0123456789abcdef' })).toBe('unknown');
  expect(stateOf({ ...gone, namespaces: '1-1' })).toBe('unknown');
  expect(stateOf({ pid: gone.pid })).toBe('unknown');
  expect(stateOf(gone, { pid: 1 })).toBe('unknown');
});

it('a holder is read as it was written; fields of a wrong type are left out, and a text without one is none', () => {
  const holder = newHolder();
  expect(parseHolder(JSON.stringify(holder))).toEqual(holder);
  const old = { token: 'x', host: 'h', pid: 1 };
  expect(parseHolder(JSON.stringify(old))).toEqual(old);
  expect(parseHolder(JSON.stringify({ ...old, boot: 7, started: {}, beat: 'x' }))).toEqual(old);
  for (const text of ['', 'null', '[]', '{"tok', '{"token":1,"host":"h","pid":1}']) {
    expect(parseHolder(text)).toBeUndefined();
  }
});
