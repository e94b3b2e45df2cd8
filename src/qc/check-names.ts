/** Names of the checks on a take, for people. */
const NAMES: Readonly<Record<string, string>> = {
  'no-sound': 'no sound',
  'cut-off': 'cut off at the end',
  'silence-inside': 'silence inside',
  'too-long': 'too long',
  'too-short': 'too short',
  'level-jump': 'level jumps',
  'too-quiet': 'too quiet',
  noise: 'noise',
  clipped: 'clipped',
};

/** The name of a check in plain words; one that is not known keeps its own. */
export function checkName(check: string): string {
  return NAMES[check] ?? check;
}
