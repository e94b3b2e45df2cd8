/** The decisions as a review file: YAML whose texts are written as JSON writes them, so that nothing in one is more than text. Pure. */
import type { Handout, HandoutLine } from '../../handing-out/handout-shapes.ts';
import type { Verdict } from './state.ts';

/** The file. A decision says what it replaces, so that what somebody else has decided since is not lost. */
export function reviewText(
  { title, lines }: Pick<Handout, 'title' | 'lines'>,
  { verdicts, by, heading }: { verdicts: ReadonlyMap<string, Verdict>; by: string; heading: string },
): string {
  const blocks = lines.flatMap((line) => {
    const verdict = verdicts.get(line.number);
    return verdict === undefined ? [] : [blockOf(line, verdict, by)];
  });
  const head = [`# ${heading}`, 'version: 1', `book: ${quoted(title)}`, blocks.length === 0 ? 'lines: []' : 'lines:'];
  return [...head, ...blocks, '...', ''].join('\n');
}

function blockOf({ anchor, chosen, clips, decided }: HandoutLine, verdict: Verdict, by: string): string {
  const { take, comment, approved, on } = verdict;
  const { id, at, words, ...around } = anchor;
  const signed = { ...(by.trim() !== '' && { by: plain(by) }), on };
  const heard = clips.find((clip) => clip.take === (take ?? chosen))?.of;
  const replaces = {
    ...(take !== undefined && decided.take !== undefined && { take: decided.take }),
    ...(approved && decided.approved !== undefined && { approved: decided.approved }),
  };
  const fields: [string, unknown][] = [
    ['id', id],
    ['at', at],
    ['words', words],
    ['take', take],
    ['comments', comment === undefined || plain(comment) === '' ? undefined : [{ text: plain(comment), ...signed }]],
    ['approved', approved && { ...signed, ...(heard !== undefined && { of: heard }) }],
    ['replaces', Object.keys(replaces).length === 0 ? undefined : replaces],
    ...Object.entries(around),
  ];
  const given = fields.filter(([, value]) => value !== undefined);
  return given.map(([name, value], index) => `${index === 0 ? '  - ' : '    '}${name}: ${quoted(value)}`).join('\n');
}

/** A value as JSON, which is YAML, too. */
function quoted(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
    .replaceAll('\u0085', '\\u0085');
}

/** Without what a review file refuses: control characters, and half characters. */
function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n\r\t]|\p{Cs}/gu, ' ').trim();
}
