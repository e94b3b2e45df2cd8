import type { MeasuredFile } from './measured-file.ts';

/** A rule that a file breaks. */
export interface FileFault {
  rule: 'fileType' | 'oneStream';
  wanted: string;
  measured: string;
  fix: string;
  atSeconds?: number;
}

/** What makes a file another one than its name says, or more than one file: rules that are only listed when they fail. Pure. */
export function fileFaults({ misnamed, mp3Stream, appended, container, durationSeconds }: MeasuredFile): FileFault[] {
  const type = misnamed && wrongType(misnamed);
  const stream = mp3Stream && streamFault(mp3Stream);
  const behind = appended && appendedFault(appended, { container, durationSeconds });
  return [type, stream ?? behind].flatMap((fault) => fault ?? []);
}

function wrongType({ ending, is }: NonNullable<MeasuredFile['misnamed']>): FileFault {
  const kind = ending.slice(1).toUpperCase();
  return {
    rule: 'fileType',
    wanted: `${kind}, as its name says`,
    measured: is,
    fix: `Encode it as ${kind} from the original. Another name does not change what is in the file.`,
  };
}

const JOIN =
  'Join the sound in an editor and encode it once. Files that are only appended show a wrong length and jump.';
const EXPORT = 'Export it again; something wrote into the file after it was encoded.';

function streamFault(stream: NonNullable<MeasuredFile['mp3Stream']>): FileFault | undefined {
  const { bytesBefore, bytesWithin, secondFileAtSeconds } = stream;
  const rule = { rule: 'oneStream', wanted: 'one MP3 and nothing else' } as const;
  if (secondFileAtSeconds !== null) {
    return { ...rule, measured: 'a second MP3 is appended', fix: JOIN, atSeconds: secondFileAtSeconds };
  }
  if (bytesBefore + bytesWithin === 0) return undefined;
  const where = bytesBefore > 0 ? 'before the first frame' : 'between frames';
  return { ...rule, measured: `${bytesBefore || bytesWithin} bytes ${where} that are no sound`, fix: EXPORT };
}

/** By ffmpeg's first name of the container. */
const KIND_NAMES: Readonly<Record<string, string>> = {
  ...{ wav: 'WAV', aiff: 'AIFF', flac: 'FLAC', mov: 'MP4', aac: 'AAC', ogg: 'Ogg', caf: 'CAF', w64: 'Wave64' },
  matroska: 'Matroska',
};

function appendedFault(
  { kind, bytes, atSeconds }: NonNullable<MeasuredFile['appended']>,
  { container, durationSeconds }: Pick<MeasuredFile, 'container' | 'durationSeconds'>,
): FileFault {
  const [own = container] = container.split(',');
  const name = KIND_NAMES[own] ?? own.toUpperCase();
  const rule = { rule: 'oneStream', wanted: `one ${name} and nothing else` } as const;
  if (kind === 'bytes') return { ...rule, measured: `${bytes} bytes after its end that are no sound`, fix: EXPORT };
  const at = Math.min(atSeconds ?? durationSeconds, durationSeconds);
  return { ...rule, measured: `a second ${name} is appended`, fix: JOIN, atSeconds: at };
}
