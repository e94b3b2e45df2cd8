/** A verdict as a table for people: one line a rule, the place and the fix below what fails. */
import { ruleName } from '../../qc/rule-names.ts';
import type { Verdict } from '../../qc/verdict.ts';
import { clock, counted, pad, plain, type Terminal, textWidth } from '../screen/terminal.ts';
import type { VerifiedFile } from './verify.ts';

/** One file: its name, a line of facts, its rules. */
export function printVerdict(file: VerifiedFile, terminal: Terminal): void {
  const { paint } = terminal;
  const { verdict, measured } = file;
  const word = { pass: paint('green', 'pass'), fail: paint('red', 'FAIL'), none: 'not judged' }[verdict.verdict];
  terminal.out(`${paint('bold', plain(file.path))}  ${word}`);
  if (measured !== undefined) terminal.out(paint('dim', `  ${facts(measured)}`));
  printRules(verdict, terminal);
  for (const { message, atSeconds } of file.advice) {
    terminal.out(paint('yellow', `  ! at ${clock(atSeconds)}: ${message}`));
  }
  terminal.out('');
}

/** The rules on all files together, and the closing line. */
export function printSetVerdict(
  of: { set: Verdict; ok: boolean; files: number; failed: number; profile: string },
  terminal: Terminal,
): void {
  if (of.set.verdict === 'fail') {
    terminal.out(terminal.paint('bold', 'The files together'));
    printRules(of.set, terminal);
    terminal.out('');
  }
  const meets = of.profile === 'none' ? 'No rules to judge by' : `All rules of "${of.profile}" are met`;
  const failed =
    of.failed > 0 ? `${of.failed} of ${counted(of.files, 'file')} fail` : 'The files do not match each other';
  terminal.out(
    of.ok ? `${meets}: ${counted(of.files, 'file')}.` : terminal.paint('red', `${failed} by "${of.profile}".`),
  );
}

function printRules({ rules }: Verdict, terminal: Terminal): void {
  const rows = rules.map((rule) => ({ ...rule, name: ruleName(rule.rule) }));
  const width = (value: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => textWidth(value(row))));
  const [names, values, wishes] = [width((row) => row.name), width(shown), width((row) => row.wanted)];
  for (const row of rows) {
    const mark = row.pass ? terminal.paint('green', '✓') : terminal.paint('red', '✗');
    const place = row.atSeconds === undefined ? '' : `  at ${preciseClock(row.atSeconds)}`;
    terminal.out(
      `  ${mark} ${pad(row.name, names)}  ${pad(shown(row), values)}  ${pad(row.wanted, wishes)}${place}`.trimEnd(),
    );
    if (row.fix !== undefined) terminal.out(terminal.paint('yellow', `      ${plain(row.fix)}`));
  }
}

function shown(row: { measured: string }): string {
  return plain(row.measured);
}

function facts(measured: NonNullable<VerifiedFile['measured']>): string {
  const { codec, sampleRateHz, channels, bitRateKbps, durationSeconds, loudnessLufs, marks } = measured;
  return [
    codec,
    bitRateKbps === null ? undefined : `${bitRateKbps} kb/s`,
    `${sampleRateHz} Hz`,
    channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`,
    clock(durationSeconds),
    Number.isFinite(loudnessLufs) ? `${loudnessLufs.toFixed(1)} LUFS` : 'no sound',
    marks.length > 0 ? counted(marks.length, 'chapter') : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** `4:05.3`: a place to seek to. */
function preciseClock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${clock(whole)}.${Math.floor((seconds - whole) * 10)}`;
}
