/** Notifies a person when a run fails; see docs/how-to/notifications.md. */
import { resolve } from 'node:path';
import { openNoteSender } from '../../composition/note-sender.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import type { Emit, ErrorEvent, PipelineEvent, ReportedFailure } from '../../events.ts';
import { type Diagnostic, numberedMessage } from '../../manifest/diagnostics/diagnostic.ts';
import { noteOfFailure } from '../../web/note-of-failure.ts';
import { describeFailure, EXIT } from '../command-line/exit-codes.ts';

/** What is noted of a run while it happens. */
interface Noted {
  title?: string;
  /** ISO code of the book's language, for that of the note. */
  language?: string;
  failures: { code: string; message: string }[];
}

/**
 * Does the work with events that are also read here, and notifies the addresses of PIPELINE_NOTIFY_URL when it fails. The exit
 * code and what the work throws stay the same. Throws `ConfigError` for a wrong setting, before the work begins.
 */
export async function tellPerson(
  of: { manifest: string; flags: Flags; emit: Emit; notice: (message: string) => void },
  work: (
    emit: Emit,
    /** Called with the language of the book when it is known. */
    knowLanguage: (language: string) => void,
  ) => Promise<{ code: number; stoppedBy?: ReportedFailure | undefined }>,
): Promise<number> {
  const { manifest, flags, emit, notice } = of;
  const sender = await openNoteSender({ config: readConfig(flags), notice });
  if (sender === undefined) return (await work(emit, () => undefined)).code;
  const noted: Noted = { failures: [] };
  const tell = (failures: Noted['failures']): void => {
    const path = resolve(manifest);
    const day = new Date().toISOString().slice(0, 10);
    const isManifest = failures[0]?.code === 'manifest-mistakes';
    const command = `pipeline ${isManifest ? 'check' : 'run'} ${manifest}`;
    // The same failure of a book that runs every hour is told once a day.
    const sameAs = ['run', path, flags.store ?? '', day];
    sender.tell(
      noteOfFailure({ title: noted.title, language: noted.language, manifest: path, failures, command, sameAs }),
    );
  };
  try {
    const { code, stoppedBy } = await work(
      (event) => {
        note(noted, event);
        emit(event);
      },
      (language) => {
        noted.language = language;
      },
    );
    if (code !== EXIT.ok && code !== EXIT.interrupted)
      tell(stoppedBy === undefined ? noted.failures : [stoppedBy, ...noted.failures]);
    return code;
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.exitCode !== EXIT.interrupted) tell([failure]);
    throw error;
  } finally {
    await sender.close();
  }
}

function note(noted: Noted, event: PipelineEvent): void {
  if (event.type === 'run.started') noted.title = event.title;
  if (event.type === 'error') noted.failures.push(...failuresOf(event));
  // A segment that failed says more than the chapter that lacks it.
  if (event.type.endsWith('.failed') && 'code' in event)
    noted.failures.push({ code: event.code, message: event.message });
}

/** The errors of a manifest, each with its place; or what ended the command. */
function failuresOf({ code, message, diagnostics = [] }: ErrorEvent): Noted['failures'] {
  const errors = (diagnostics as readonly Diagnostic[]).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return [{ code, message }];
  return errors.map(({ file, start, ...error }) => ({
    code,
    message: `${file}${start === undefined ? '' : `:${start.line}`}: ${numberedMessage(error)}`,
  }));
}
