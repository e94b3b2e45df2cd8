/** A verdict as a table for people: one line for each rule, with the place and the fix below what fails. */

import type { VerifiedFile } from '../../library/verify-file.ts';
import { ruleName } from '../../qc/rule-names.ts';
import type { Verdict } from '../../qc/verdict.ts';
import { clock, counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import type { Terminal } from '../screen/terminal.ts';

/** One file: its name, a line of facts, its rules. */
export function printVerdict(file: VerifiedFile, terminal: Terminal): void {
  const { paint } = terminal;
  const { verdict, measured } = file;
  const word = { pass: paint('green', 'pass'), fail: paint('red', 'FAIL'), none: 'not judged' }[verdict.verdict];
  terminal.out(`${paint('bold', plain(file.path))}  ${word}`);
  if (measured !== undefined) terminal.out(paint('dim', `  ${facts(measured)}`));
  if (file.marks !== undefined) terminal.out(paint('dim', `  ${plain(markText(file.marks))}`));
  if (file.marks?.contentCredentials)
    terminal.out(paint('dim', '  Content credentials (C2PA): present. Their signature is not checked.'));
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
    terminal.out(terminal.paint('bold', 'All files together'));
    printRules(of.set, terminal);
    terminal.out('');
  }
  const passed =
    of.profile === 'none'
      ? `${counted(of.files, 'file')} measured; profile "none" has no rules.`
      : `${counted(of.files, 'file')} ${of.files === 1 ? 'meets' : 'meet'} all rules of "${of.profile}".`;
  const failed =
    of.failed > 0
      ? `${of.failed} of ${counted(of.files, 'file')} ${of.failed === 1 ? 'fails' : 'fail'} the rules of "${of.profile}".`
      : `The files do not match each other, as "${of.profile}" requires.`;
  terminal.out(of.ok ? passed : terminal.paint('red', failed));
}

function printRules({ rules }: Verdict, terminal: Terminal): void {
  const { paint, columns: width } = terminal;
  const rows = rules.map(({ rule, pass, measured, wanted, atSeconds }) => [
    pass ? '✓' : '✗',
    ruleName(rule),
    plain(measured),
    wanted,
    atSeconds === undefined ? '' : `at ${preciseClock(atSeconds)}`,
  ]);
  const narrow = { how: 'wrap', least: 12 } as const;
  const columns = [
    { gap: 1, paint: (mark: string, row: number) => paint(rules[row]!.pass ? 'green' : 'red', mark) },
    { narrow },
    { narrow },
    { narrow },
    {},
  ];
  const below = (row: number): string[] => {
    const fix = rules[row]?.fix;
    return fix === undefined ? [] : [paint('yellow', `      ${plain(fix)}`)];
  };
  for (const line of tableLines({ columns, rows, width, below })) terminal.out(line);
}

/** What the file says about who speaks in it. */
function markText({ state, digitalSourceType, aigc, sentence }: NonNullable<VerifiedFile['marks']>): string {
  if (state === 'unknown') return 'Mark: not looked for in this format.';
  if (state === 'absent') return 'Mark: none. The file does not say whether a machine speaks.';
  if (state === 'stripped') return 'Mark: taken out. The file was delivered with one.';
  const type = digitalSourceType?.split('/').at(-1);
  const also = aigc === undefined ? '' : ', AIGC label';
  return `Mark: ${sentence ?? 'a machine speaks.'} (${type ?? 'AIGC'}${type === undefined ? '' : also})`;
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
