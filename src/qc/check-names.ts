/** Display names of the checks on a take. */
const NAMES: Readonly<Record<string, string>> = {
  'no-sound': 'no sound',
  'cut-off': 'cut off at the end',
  'silence-inside': 'silence inside',
  'too-long': 'too long',
  'too-short': 'too short',
  'too-fast': 'spoken too fast',
  'words-missing': 'words may be missing',
  'level-jump': 'level jumps',
  'too-quiet': 'too quiet',
  'start-cut': 'cut off at the start',
  repeated: 'something is said twice',
  'other-voice': 'another voice',
  'noise-burst': 'a burst of noise',
  'level-dip': 'quieter for a moment',
  click: 'a click',
  noise: 'noise',
  clipped: 'clipped',
  'words-left-out': 'words left out',
  'words-added': 'words added',
  'words-repeated': 'words said twice',
  'other-words': 'other words',
  'words-after-end': 'words after the end',
  'other-number': 'another number',
};

/** The display name of a check; an unknown check keeps its own name. */
export function checkName(check: string): string {
  return NAMES[check] ?? check;
}
