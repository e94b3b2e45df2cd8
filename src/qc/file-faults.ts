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
export function fileFaults({ misnamed, mp3Stream }: MeasuredFile): FileFault[] {
  const type = misnamed && wrongType(misnamed);
  const stream = mp3Stream && streamFault(mp3Stream);
  return [type, stream].flatMap((fault) => fault ?? []);
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

function streamFault(stream: NonNullable<MeasuredFile['mp3Stream']>): FileFault | undefined {
  const { bytesBefore, bytesWithin, secondFileAtSeconds } = stream;
  const rule = { rule: 'oneStream', wanted: 'one MP3 and nothing else' } as const;
  if (secondFileAtSeconds !== null) {
    const fix =
      'Join the sound in an editor and encode it once. Files that are only appended show a wrong length and jump.';
    return { ...rule, measured: 'a second MP3 is appended', fix, atSeconds: secondFileAtSeconds };
  }
  if (bytesBefore + bytesWithin === 0) return undefined;
  const fix = 'Export it again; something wrote into the file after it was encoded.';
  const where = bytesBefore > 0 ? 'before the first frame' : 'between frames';
  return { ...rule, measured: `${bytesBefore || bytesWithin} bytes ${where} that are no sound`, fix };
}
