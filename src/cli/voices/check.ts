/** `pipeline voices check`: checks recordings against the service's rules and recording guide. Calls nothing. */
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { prepareSample } from '../../audio/samples/prepare-sample.ts';
import { measureSample } from '../../audio/samples/sample.ts';
import { isOwnOnly } from '../../composition/own-server.ts';
import { readConfig } from '../../config/config.ts';
import { ownServerModel } from '../../models/own-server.ts';
import { MODELS } from '../../models.ts';
import { ruleName } from '../../qc/rule-names.ts';
import { reportSample, type SampleReport } from '../../qc/sample-report.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { knownModel, readSample } from './enroll.ts';

/** The name of the model in a report, where the server's own is not asked for. */
const OWN = 'openai-speech';

/** Exit code 0 when all can be cloned, as they are or repaired; 2 when one cannot. */
export async function voicesCheckCommand(
  files: readonly string[],
  flags: { model?: string; json?: boolean },
): Promise<number> {
  const terminal = openTerminal();
  const model = isOwnOnly(readConfig({})) ? ownServerModel(flags.model ?? OWN) : MODELS[knownModel(flags.model)]!;
  const config = readConfig({ simulate: true });
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  const reports: { file: string; report: SampleReport }[] = [];
  for (const file of files) {
    const bytes = await readSample(file);
    const { quality } = await measureSample({ ffmpeg, bytes, name: file });
    // The media type of a sample that needs no repair; a check sends nothing.
    const prepared = await prepareSample({ ffmpeg, bytes, mediaType: 'audio/wav', model, name: file });
    const { original, sample: repaired, changes } = prepared;
    const report = reportSample({ original, repaired, changes, quality, model });
    reports.push({ file, report });
    if (!flags.json) printReport({ file, report, terminal });
  }
  const ok = reports.every(({ report }) => report.verdict !== 'fail');
  if (flags.json) {
    const samples = reports.map(({ file, report }) => ({ file, ...report }));
    terminal.raw(JSON.stringify({ type: 'voices.check', ok, model: model.id, samples }));
  }
  return ok ? EXIT.ok : EXIT.wrongInput;
}

const VERDICTS: Readonly<Record<SampleReport['verdict'], string>> = {
  pass: 'can be cloned as it is.',
  repaired: 'can be cloned. A run repairs it before sending:',
  fail: 'cannot be cloned. Fix what is marked ✗.',
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
  const narrow = { how: 'wrap', least: 16 } as const;
  const columns = [
    { gap: 1, paint: (_: string, row: number) => marks[report.rows[row]!.verdict] },
    {},
    { narrow },
    { narrow, paint: (text: string) => paint('dim', text) },
  ];
  const rows = report.rows.map(({ rule, wanted, measured }) => [
    '✓',
    ruleName(rule),
    plain(measured),
    `wanted: ${wanted}`,
  ]);
  const below = (row: number): string[] => {
    const { verdict, advice } = report.rows[row]!;
    return verdict === 'pass' ? [] : [`     → ${plain(advice)}`];
  };
  for (const line of tableLines({ columns, rows, width: terminal.columns, below })) terminal.out(line);
}
