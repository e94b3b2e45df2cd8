/**
 * How well the checks on takes hear: false alarms on good takes, and hits on each fault that one hears, over more than 600
 * takes of the simulator's speech in eleven languages (the sentences of test/script/gold, and paragraphs made of them).
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { listenToVoice } from '../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../src/audio/listening/narrow-band.ts';
import { createTakeMeter } from '../../src/audio/measure/take-meter.ts';
import { DEFAULT_MODEL, MODELS } from '../../src/models.ts';
import { judgeTake } from '../../src/qc/take.ts';
import type { VoiceHabit } from '../../src/qc/take-context.ts';
import { habitOf, habitOfTake } from '../../src/qc/voice-habits.ts';
import { otherVoiceTraits, withAudibleFault } from '../../src/simulator/audible-faults.ts';
import type { FaultKind } from '../../src/simulator/faults.ts';
import { openVoiceEngine } from '../../src/simulator/open-voice-engine.ts';
import type { Utterance, VoiceEngine } from '../../src/simulator/voice-engine.ts';
import { voiceTraits } from '../../src/simulator/voice-traits.ts';
import type { Bench } from './main.ts';

const FAULTS: readonly FaultKind[] = [
  'truncated-tail',
  'inserted-silence',
  'repetition',
  'noise',
  'level-jump',
  'wrong-voice',
];
const RATE_HZ = 24_000;
/** `TAKES_LANGUAGES=en,zh` for a part of it. */
const LANGUAGES = process.env.TAKES_LANGUAGES?.split(',');
/** No false alarm at all is the bar; hits are only told. */
const MOST_FALSE_ALARMS = 0;

interface Taken {
  what: Utterance;
  chunks: Int16Array[];
}

/** False alarms and hits, before and after the voices are known. */
export const takeChecks: Bench = async (say) => {
  const engine = openVoiceEngine('auto');
  const counts = new Map<string, { takes: number; unknown: number; known: number }>();
  const alarms = new Map<string, number>();
  try {
    say(`speech by ${engine.name}`);
    for (const { language, texts } of await corpus()) {
      for (const seed of ['first', 'second']) {
        const voice = `${language} ${seed}`;
        const taken: Taken[] = [];
        for (const text of texts) taken.push(await speak(engine, { text, voice, language }));
        const shown = [];
        for (const { what, chunks } of taken) {
          const { measured, print } = await heard(from(chunks));
          shown.push(habitOfTake(measured, what.text, { print }));
        }
        for (const [index, one] of taken.entries()) {
          const habit = habitOf(shown.flatMap((one, i) => (i === index || one === undefined ? [] : [one])));
          await count({ one, kind: undefined, habit, counts, alarms });
          for (const kind of FAULTS) await count({ one, kind, habit, counts, alarms, engine });
        }
      }
    }
  } finally {
    await engine.close();
  }
  const good = counts.get('good')!;
  say(`good takes: ${good.takes}; false alarms ${good.unknown} while the voice is new, ${good.known} once it is known`);
  for (const [check, times] of alarms) say(`  false ${check}: ${times}`);
  for (const kind of FAULTS) {
    const { takes, unknown, known } = counts.get(kind)!;
    say(`${kind}: ${percent(unknown, takes)} found while the voice is new, ${percent(known, takes)} once it is known`);
  }
  return good.unknown + good.known <= MOST_FALSE_ALARMS;
};

async function count(of: {
  one: Taken;
  kind: FaultKind | undefined;
  habit: VoiceHabit | undefined;
  counts: Map<string, { takes: number; unknown: number; known: number }>;
  alarms: Map<string, number>;
  engine?: VoiceEngine;
}): Promise<void> {
  const { one, kind, habit, counts, alarms, engine } = of;
  const { measured, print } = await spoiledTake(one, kind, engine);
  const { text } = one.what;
  const name = kind ?? 'good';
  const counted = counts.get(name) ?? { takes: 0, unknown: 0, known: 0 };
  counts.set(name, counted);
  counted.takes += 1;
  const stranger = judgeTake(measured, { text, print });
  const friend = judgeTake(measured, { text, print, voice: habit });
  if (stranger.verdict !== 'good') counted.unknown += 1;
  if (friend.verdict !== 'good') counted.known += 1;
  if (kind !== undefined) return;
  for (const check of new Set([...stranger.doubts, ...friend.doubts].map((doubt) => doubt.check))) {
    alarms.set(check, (alarms.get(check) ?? 0) + 1);
  }
}

async function spoiledTake({ what, chunks }: Taken, kind: FaultKind | undefined, engine: VoiceEngine | undefined) {
  if (kind === undefined || engine === undefined) return heard(from(chunks));
  if (kind !== 'wrong-voice') return heard(withAudibleFault(kind, from(chunks), what));
  return heard(engine.speak({ ...what, traits: otherVoiceTraits(what.traits) }, new AbortController().signal));
}

/** What the program hears of a simulator's take: its measurements, and the print of its voice. */
async function heard(sound: AsyncIterable<Int16Array>) {
  const meter = createTakeMeter(RATE_HZ);
  const narrow = createNarrowBand(RATE_HZ);
  for await (const chunk of sound) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    meter.push(bytes);
    narrow.push(bytes);
  }
  return { measured: meter.finish().measured, print: listenToVoice(narrow.samples()) };
}

async function* from(chunks: readonly Int16Array[]): AsyncGenerator<Int16Array> {
  yield* chunks;
}

async function speak(engine: VoiceEngine, of: { text: string; voice: string; language: string }): Promise<Taken> {
  const languageType = MODELS[DEFAULT_MODEL]!.languages[of.language] ?? 'Auto';
  const settings = { sampleRateHz: RATE_HZ, chunkSamples: RATE_HZ / 10, speechRate: 1, pitchRate: 1, volume: 50 };
  const what: Utterance = { text: of.text, traits: voiceTraits(of.voice, undefined), languageType, ...settings };
  const chunks: Int16Array[] = [];
  for await (const chunk of engine.speak(what, new AbortController().signal)) chunks.push(chunk.slice());
  return { what, chunks };
}

/** Each sentence by itself, and each three in a row as a paragraph. */
async function corpus(): Promise<{ language: string; texts: string[] }[]> {
  const folder = resolve('test/script/gold');
  const isWanted = (name: string) => name.endsWith('.txt') && (LANGUAGES?.includes(basename(name, '.txt')) ?? true);
  const names = (await readdir(folder)).filter(isWanted).sort();
  return Promise.all(
    names.map(async (name) => {
      const language = basename(name, '.txt');
      const text = await readFile(`${folder}/${name}`, 'utf8');
      const glue = ['zh', 'ja'].includes(language) ? '' : ' ';
      const texts = text.split(/\n\s*\n/).flatMap((block) => {
        const sentences = block
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
        const paragraphs = [];
        for (let i = 0; i + 3 <= sentences.length; i += 3) paragraphs.push(sentences.slice(i, i + 3).join(glue));
        return [...sentences, ...paragraphs];
      });
      return { language, texts };
    }),
  );
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
