/**
 * Which process this is, among all processes of all machines, and whether another one still runs.
 *
 * A host name and a process ID are not enough: a restarted container has the same name and is process 1 again, and
 * containers may share a host name while each counts its processes by itself. So a process is known by the boot of its kernel,
 * the namespaces in which its ID and its start time count, its ID, and its start time.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../errors.ts';

/** One process. Written into locks and file names: field names stay. */
export interface ProcessIdentity {
  pid: number;
  /** ID of the boot of its kernel, 16 hexadecimal digits; undefined where the system has none. */
  boot?: string | undefined;
  /** Where its ID and its start time count; undefined where the system does not tell. */
  namespaces?: string | undefined;
  /** Start time in ticks of its own kernel's clock; undefined where the system does not tell. Compared for equality only. */
  started?: string | undefined;
}

/** This process. */
export const THIS_PROCESS: Readonly<ProcessIdentity & { machine: string }> = {
  machine: hostname(),
  pid: process.pid,
  ...(process.platform === 'linux' ? linuxIdentity() : process.platform === 'darwin' ? darwinIdentity() : {}),
};

/**
 * Whether a process runs, as far as this process can prove it: `unknown` for a process of another machine or container. A
 * suspended process runs; one that has ended and that nobody has waited for does not.
 */
export function stateOf(of: ProcessIdentity, self: ProcessIdentity = THIS_PROCESS): 'runs' | 'gone' | 'unknown' {
  if (of.boot === undefined || of.boot !== self.boot || of.namespaces !== self.namespaces) return 'unknown';
  if (!exists(of.pid)) return 'gone';
  // The ID may belong to a later process by now.
  if (of.started === undefined) return 'unknown';
  const now = processStat(of.pid);
  if (now === undefined) return 'unknown';
  return now.isZombie || now.started !== of.started ? 'gone' : 'runs';
}

function exists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) === 'EPERM';
  }
}

function linuxIdentity(): Partial<ProcessIdentity> {
  try {
    // Below a /proc of other namespaces, the ID of a process is not the name of its folder.
    if (readlinkSync('/proc/self') !== String(process.pid)) return {};
    const boot = bootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
    const started = processStat(process.pid)?.started;
    return started === undefined ? {} : { boot, namespaces: `${namespace('pid')}-${namespace('time')}`, started };
  } catch {
    return {};
  }
}

/** Number of a namespace of this process; 0 on a kernel that has no such namespaces. */
function namespace(kind: 'pid' | 'time'): string {
  try {
    return /\d+/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[0] ?? '0';
  } catch (error) {
    if (kind === 'time') return '0';
    throw error;
  }
}

/** macOS has no namespaces, and tells nothing about the start of other processes without a program of its own. */
function darwinIdentity(): Partial<ProcessIdentity> {
  try {
    const text = execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8', timeout: 1_000 });
    return { boot: bootId(text), namespaces: '0-0' };
  } catch {
    return {};
  }
}

function bootId(text: string): string {
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, '');
  if (digits.length < 16) throw new Error('the boot ID is too short');
  return digits.slice(0, 16);
}

/** Undefined when it cannot be read. The fields are described in proc_pid_stat(5); the second one may contain anything. */
function processStat(pid: number): { isZombie: boolean; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const started = rest[18];
    return started === undefined ? undefined : { isZombie: 'ZXx'.includes(state), started };
  } catch {
    return undefined;
  }
}
