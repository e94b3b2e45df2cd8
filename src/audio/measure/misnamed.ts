import { extname } from 'node:path';
import type { MeasuredFile } from '../../qc/measured-file.ts';
import type { AudioFacts } from '../ffmpeg/decode.ts';

/** ffmpeg's names of the containers and codecs that a file with this ending may have. `null` codecs: any. */
const KINDS: Readonly<Record<string, { containers: readonly string[]; codecs: readonly string[] | null }>> = {
  '.mp3': { containers: ['mp3'], codecs: ['mp3', 'mp3float'] },
  '.m4a': { containers: ['mov'], codecs: ['aac', 'alac'] },
  '.m4b': { containers: ['mov'], codecs: ['aac', 'alac'] },
  '.mp4': { containers: ['mov'], codecs: null },
  '.aac': { containers: ['aac'], codecs: ['aac'] },
  '.flac': { containers: ['flac'], codecs: ['flac'] },
  '.wav': { containers: ['wav', 'w64'], codecs: null },
  '.aif': { containers: ['aiff'], codecs: null },
  '.aiff': { containers: ['aiff'], codecs: null },
  '.ogg': { containers: ['ogg'], codecs: null },
  '.oga': { containers: ['ogg'], codecs: null },
  '.opus': { containers: ['ogg'], codecs: ['opus'] },
};

const CODEC_NAMES: Readonly<Record<string, string>> = { mp2: 'MP2', mp3: 'MP3', aac: 'AAC', opus: 'Opus' };
const CONTAINER_NAMES: Readonly<Record<string, string>> = { mov: 'MP4', aac: 'ADTS', ogg: 'Ogg', matroska: 'Matroska' };

/** What a file is when its name says something else; a shop or a player that goes by the name refuses it. Pure. */
export function misnamed(path: string, { container, codec }: AudioFacts): Pick<MeasuredFile, 'misnamed'> {
  const ending = extname(path).toLowerCase();
  const kind = KINDS[ending];
  const [own = container] = container.split(',');
  if (kind === undefined) return {};
  if (kind.containers.includes(own) && (kind.codecs?.includes(codec) ?? true)) return {};
  const sound = CODEC_NAMES[codec] ?? codec;
  const inside = own === 'mp3' || own === codec ? '' : ` in ${CONTAINER_NAMES[own] ?? own.toUpperCase()}`;
  return { misnamed: { ending, is: `${sound}${inside}` } };
}
