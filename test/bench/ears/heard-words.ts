/**
 * How well words are judged with a real recogniser: pocketsphinx hears English recordings at 16 kHz. Of the limits in
 * src/qc/words/compare-words.ts, `missing.slope` and `otherAgreement` were chosen with all sentences in view, of which every second is not
 * counted here; the others were written down before it heard any.
 */
import { createHash } from 'node:crypto';
import { listen } from '../../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../../src/audio/listening/narrow-band.ts';
import { compareWords } from '../../../src/qc/words/compare-words.ts';
import { cutTail } from '../../../src/qc/words/cut-tail.ts';
import { hasPocketsphinx, hearAll, type PocketHeard } from '../../hearing/pocketsphinx-server.ts';
import { FAULTS } from './faults.ts';
import { createCounts } from './figures.ts';
import { lettersOf, soundSeconds } from './misfits.ts';
import type { Recording, RecordingSet } from './recordings.ts';
import { joined } from './waveforms.ts';
import { downloadWideband, inWideband } from './wideband.ts';

const SENTENCES = 120;
const LEAST_WORDS = 5;
/** A longer prompt takes the recogniser minutes. */
const LENGTH_SECONDS = { least: 1.5, most: 12 };
/** Each word that is cut out is at least this long; shorter ones are hardly heard. */
const LEAST_WORD_SECONDS = 0.15;
const TARGETS = { 'wrong text': 0.95, 'phrase repeated': 0.95, 'two words missing': 0.8 };

/** Prints the table of docs/explanation/quality.md; says so where pocketsphinx is missing. */
export async function reportWords(say: (line: string) => void, set: RecordingSet): Promise<void> {
  if (!hasPocketsphinx) return say('words: skipped, pocketsphinx and pocketsphinx-en-us are not installed');
  await downloadWideband();
  const all = sentences(set.recordings);
  const chosen = await Promise.all(all.filter((_, index) => !isForFitting(index)).map(inWideband));
  const clean = await hearAll(chosen.map(({ samples }) => samples));
  const counts = createCounts();
  const count = (name: string, text: string, heard: PocketHeard): void => {
    const { verdict } = compareWords({ text, language: 'en' }, { text: heard.text });
    counts.add([name], verdict === 'drift');
    counts.add([name, 'inconclusive'], verdict === 'inconclusive');
  };
  for (const [index, { text }] of chosen.entries()) {
    count('good', text, clean[index]!);
    count('wrong text', nearest(all, text).text, clean[index]!);
  }
  const repeated = FAULTS.find(({ name }) => name === 'phrase repeated')!;
  const twice = chosen.map((recording) => repeated.put({ recording, like: recording, stranger: recording }).samples);
  const heardTwice = await hearAll(twice);
  for (const [index, { text }] of chosen.entries()) count('phrase repeated', text, heardTwice[index]!);
  const cut = chosen.flatMap((recording, index) => {
    const samples = withoutTwoWords(recording, clean[index]!);
    return samples === undefined ? [] : [{ text: recording.text, samples }];
  });
  const heardCut = await hearAll(cut.map(({ samples }) => samples));
  for (const [index, { text }] of cut.entries()) count('two words missing', text, heardCut[index]!);
  await countTails(counts, chosen, clean);
  say('words, with pocketsphinx | target | found | inconclusive');
  for (const name of ['good', 'wrong text', 'phrase repeated', 'two words missing'] as const) {
    const { found, takes } = counts.of(name);
    const target = name === 'good' ? '≤ 2 %' : `≥ ${100 * TARGETS[name]} %`;
    const { found: unsure } = counts.of(name, 'inconclusive');
    say(`${name} | ${target} | ${found} of ${takes} (${Math.round((100 * found) / takes)} %) | ${unsure}`);
  }
  say('tails, voice new | by the words | by their times, too');
  for (const name of ['good', ...TAILS]) {
    const [words, times] = [counts.of(name, 'tail', 'words'), counts.of(name, 'tail', 'times')];
    say(`${name} | ${words.found} of ${words.takes} | ${times.found} of ${times.takes}`);
  }
}

const TAILS = ['cut tail 10 %', 'cut 20 % at a quiet place'];

/** Cut tails, by what is heard and by when it is heard. */
async function countTails(
  counts: ReturnType<typeof createCounts>,
  chosen: readonly Recording[],
  clean: readonly PocketHeard[],
): Promise<void> {
  const count = (name: string, { text, samples, sampleRateHz }: Recording, heard: PocketHeard): void => {
    const { verdict } = compareWords({ text, language: 'en' }, { text: heard.text });
    const narrow = createNarrowBand(sampleRateHz);
    narrow.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const doubt = cutTail({
      words: heard.words.map(({ end }) => ({ endSeconds: end })),
      durationSeconds: samples.length / sampleRateHz,
      lastDb: listen(narrow.samples())?.endsDb[1],
    });
    counts.add([name, 'tail', 'words'], verdict === 'drift');
    counts.add([name, 'tail', 'times'], verdict === 'drift' || doubt !== undefined);
  };
  for (const [index, recording] of chosen.entries()) count('good', recording, clean[index]!);
  for (const name of TAILS) {
    const { put } = FAULTS.find((fault) => fault.name === name)!;
    const cut = chosen.map((recording) => ({
      ...recording,
      samples: put({ recording, like: recording, stranger: recording }).samples,
    }));
    const heard = await hearAll(cut.map(({ samples }) => samples));
    for (const [index, recording] of cut.entries()) count(name, recording, heard[index]!);
  }
}

function isForFitting(index: number): boolean {
  return index % 2 === 0;
}

/** The same sentences every time, in no order of theirs. */
function sentences(recordings: readonly Recording[]): Recording[] {
  const order = ({ set, name }: Recording) => createHash('sha256').update(`${set} ${name}`).digest('hex');
  return recordings
    .filter((one) => one.text.split(/\s+/).length >= LEAST_WORDS)
    .filter((one) => soundSeconds(one) >= LENGTH_SECONDS.least && soundSeconds(one) <= LENGTH_SECONDS.most)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .slice(0, SENTENCES);
}

/** The text of the nearest length: many prompts differ in two words, so this is the hardest wrong text. */
function nearest(recordings: readonly Recording[], text: string): Recording {
  const off = (one: Recording) => Math.abs(lettersOf(one.text) - lettersOf(text));
  return recordings.filter((one) => one.text !== text).reduce((best, one) => (off(one) < off(best) ? one : best));
}

/** Cut where the recogniser heard two words, not the first and not the last. */
function withoutTwoWords({ samples, sampleRateHz, name }: Recording, { words }: PocketHeard): Int16Array | undefined {
  const long = ({ start, end }: PocketHeard['words'][number]) => end - start >= LEAST_WORD_SECONDS;
  const places = words.flatMap((word, at) => {
    const next = words[at + 1];
    const isInside = at > 0 && at + 2 < words.length && next !== undefined;
    return isInside && long(word) && long(next) && next.start - word.end < 0.1
      ? [{ from: word.start, to: next.end }]
      : [];
  });
  const place = places[createHash('sha256').update(name).digest()[0]! % Math.max(1, places.length)];
  if (place === undefined) return undefined;
  return joined(
    samples.slice(0, Math.round(place.from * sampleRateHz)),
    samples.slice(Math.round(place.to * sampleRateHz)),
  );
}
