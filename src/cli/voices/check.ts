/** `pipeline voices check`: a recording against the service's rules and its recording guide. Calls nothing, costs nothing. */
import { findFfmpeg } from '../../audio/ffmpeg-binary.ts';
import { prepareSample } from '../../audio/prepare-sample.ts';
import { measureSample } from '../../audio/sample.ts';
import { readConfig } from '../../config.ts';
import { MODELS } from '../../models.ts';
import { reportSample, type SampleReport } from '../../qc/sample-report.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openTerminal, pad, plain, type Terminal } from '../screen/terminal.ts';
import { knownModel, readSample } from './enroll.ts';

/** Exit code 0 when all can be cloned from, as they are or repaired; 2 when one can not. */
export async function voicesCheckCommand(
  files: readonly string[],
  flags: { model?: string; json?: boolean },
): Promise<number> {
  const terminal = openTerminal();
  const model = MODELS[knownModel(flags.model)]!;
  const config = readConfig({ simulate: true });
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  const reports: { file: string; report: SampleReport }[] = [];
  for (const file of files) {
    const bytes = await readSample(file);
    const { quality } = await measureSample({ ffmpeg, bytes, name: file });
    // What it is sent as when nothing has to be done; the check does not send it.
    const prepared = await prepareSample({ ffmpeg, bytes, mediaType: 'audio/wav', model, name: file });
    const { original, sample: repaired, changes } = prepared;
    const report = reportSample({ original, repaired, changes, quality, model });
    reports.push({ file, report });
    if (!flags.json) printReport({ file, report, terminal });
  }
  const ok = reports.every(({ report }) => report.verdict !== 'fail');
  if (flags.json) {
    const samples = reports.map(({ file, report }) => ({ file, ...report }));
    terminal.out(JSON.stringify({ type: 'voices.check', ok, model: model.id, samples }));
  }
  return ok ? EXIT.ok : EXIT.wrongInput;
}

const VERDICTS: Readonly<Record<SampleReport['verdict'], string>> = {
  pass: 'can be cloned from as it is.',
  repaired: 'can be cloned from; it is repaired before it is sent:',
  fail: 'can not be cloned from. Mend what is marked ✗.',
};

function printReport({ file, report, terminal }: { file: string; report: SampleReport; terminal: Terminal }): void {
  const { paint } = terminal;
  const done = report.changes.length === 0 ? '' : ` ${report.changes.join(', ')}.`;
  terminal.out(`${paint('bold', plain(file))} ${VERDICTS[report.verdict]}${report.verdict === 'fail' ? '' : done}`);
  const marks = {
    pass: paint('green', '✓'),
    repaired: paint('yellow', '~'),
    advice: paint('yellow', '!'),
    fail: paint('red', '✗'),
  };
  const widths = [13, Math.max(...report.rows.map(({ measured }) => measured.length))] as const;
  for (const { rule, wanted, measured, verdict, advice } of report.rows) {
    terminal.out(
      `  ${marks[verdict]} ${pad(rule, widths[0])}  ${pad(plain(measured), widths[1])}  ${paint('dim', `wanted: ${wanted}`)}`,
    );
    if (verdict !== 'pass') terminal.out(`    → ${plain(advice)}`);
  }
}
