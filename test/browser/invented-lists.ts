/** What the pages "Who speaks" and "All books" show in pictures: made up, as their APIs answer. */
import { errorsInChinese } from '../../src/manifest/diagnostics/chinese/in-chinese.ts';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import type { Attributions, Candidates } from '../../src/studio/attributions/attribution-shapes.ts';
import type { Proposal } from '../../src/studio/proposals/proposal-shapes.ts';

const PARAGRAPHS = [
  'The lamp had gone out in the night, and nobody on the island had seen it happen.',
  '“Somebody climbed up here,” said Mara. “Look at the dust on the rail.”',
  'Below them the sea went on with its long argument against the rocks, patient as a clerk, and every seventh wave came higher than the rest.',
  '“Or somebody climbed down. I have kept this light for thirty years, and in thirty years no one has come up those steps who did not first knock at my door.”',
  '“Nobody knocked,” said Mara.',
  'He would not look at her.',
  '“I am listening to the engine,” said Ukridge. “It has more sense.”',
];

/** A chapter with three open quotations. */
export const ATTRIBUTIONS: Attributions = {
  version: 'v1',
  open: 3,
  cast: ['narrator', 'Mara', 'The Keeper', 'Ukridge'].map((name, at) => ({
    ...{ name, aliases: at === 2 ? ['the old man'] : [], parts: 40 - 9 * at },
    ...(at === 0 && { isNarrator: true as const }),
  })),
  chapters: [
    {
      ...{ number: 2, title: 'Ninety-one Steps', file: 'chapters/2.md', of: 'v1' },
      paragraphs: PARAGRAPHS.map((text, index) => ({
        ...{ index, line: 2 * index + 1, ...(text.startsWith('“') && { beginsSpeech: true }) },
        parts: [{ at: index, text, ...(text.startsWith('“') ? { open: true } : { speaker: 'narrator' }) }],
      })).map((one) =>
        one.index === 1 ? { ...one, parts: one.parts.map(({ at, text }) => ({ at, text, speaker: 'Mara' })) } : one,
      ),
    },
  ],
};

/** One of a line that can be taken over, and one of a text that has other words by now. */
export const PROPOSALS: Proposal[] = (['open', 'unfitting'] as const).map((state, index) => ({
  name: `${index}.diff`,
  file: `chapters/${'x'.repeat(42)}-${index}.txt`,
  chapter: { number: index + 1, title: '灯塔' },
  ...(index === 0 && { line: '1:2' }),
  difference: '--- f\n+++ f\n@@ -1,2 +1,2 @@\n 风转了。\n-[玛拉] 是的。\n+[玛拉] 不。\n',
  of: 'v1',
  at: '2026-11-30T12:00:00.000Z',
  state,
}));

/** Who may say the open quotations. */
export const CANDIDATES: Candidates = {
  version: 'v1',
  chapters: [
    {
      number: 2,
      paragraphs: [3, 4, 6].map((index) => ({
        index,
        candidates: [
          { character: 'The Keeper', reason: 'takes turns', rule: 'alternates', score: 0.71 },
          { character: 'Mara', reason: 'is near', rule: 'near', score: 0.18 },
          { character: 'Ukridge', reason: 'spoke last', rule: 'spokeLast', score: 0.09 },
        ],
      })),
    },
  ],
};

const BOOK = {
  ...{ author: 'A. Keeper', urgent: false, missing: [], errors: null, spent: null, granted: null, progress: null },
  ...{ price: null, chapters: null, folder: null },
};
const CNY = 'CNY';

const BROKEN = `book:
  title: A Book That Nobody Has Read to Its End Yet, Because It Is Long
  langage: en
characters:
  narrator: { sample: voices/narrator.wav, voice: qwen-tts-vc-narrator-voice-20260101000000000-0000 }
chapters:
  - { title: One, file: 01.txt, text: "The lamp had gone out in the night, and nobody on the island had seen it." }
output: { formats: [mp9] }
`;
/** What `pipeline check` prints of a broken book. */
export const ERRORS = formatDiagnostics({
  diagnostics: parseManifest({ file: 'spring/broken.yaml', bytes: new TextEncoder().encode(BROKEN) }).diagnostics,
  sources: new Map([['spring/broken.yaml', BROKEN]]),
  color: false,
});

/** `GET /v1/books`: one of each kind. */
export const BOOKS = [
  {
    ...{ path: 'dear.yaml', title: 'The Tin Lighthouse', state: 'waiting-approval' },
    ...{ price: { amount: 48.2, currency: CNY }, urgent: true },
    status:
      'needs your approval: this costs about 48.20 CNY. To approve, put an empty file named "dear.yaml.approved" beside it.',
    statuses: {
      en: 'needs your approval: this costs about 48.20 CNY. To approve, put an empty file named "dear.yaml.approved" beside it.',
      zh: '需要您批准：费用约 48.20 CNY。如果同意，请在旁边放一个名为“dear.yaml.approved”的空文件。',
    },
  },
  {
    ...{ path: 'spring/broken.yaml', title: null, author: null, state: 'rejected' },
    status: 'rejected: see "broken.yaml.rejected.txt" for the errors and how to fix them',
    statuses: {
      en: 'rejected: see "broken.yaml.rejected.txt" for the errors and how to fix them',
      zh: '未通过检查：请查看“broken.yaml.rejected.txt”，其中列出了错误和修改方法',
    },
    ...{ errors: ERRORS, errorTexts: { en: ERRORS, zh: errorsInChinese(ERRORS) } },
  },
  {
    ...{ path: 'fog.yaml', title: 'Fog', state: 'needs-you' },
    price: { amount: 3.4, currency: CNY },
    status: 'needs attention: 3 of 5 chapters delivered. Missing: chapter 4, 5.',
    statuses: {
      en: 'needs attention: 3 of 5 chapters delivered. Missing: chapter 4, 5.',
      zh: '需要您处理：共 5 章，已交付 3 章。缺少第 4、5 章。',
    },
    spent: { sums: [{ currency: CNY, simulated: false, amount: 3.21 }] },
    failed: 23,
    failures: [
      {
        ...{ code: 'text-refused', number: '4:12', chapter: 4 },
        message: 'Keeper, 4:12: the service refused the words “He would not look at her.” (DataInspectionFailed)',
      },
      {
        ...{ code: 'session-lost', number: '5:3', chapter: 5 },
        message: 'Mara, 5:3: the connection broke while the line was spoken.',
      },
      { code: 'take-missing', message: 'Chapter 4 lacks 1 take.', number: null, chapter: 4 },
    ],
  },
  {
    ...{ path: 'keeper.yaml', title: 'What the Keeper Knew', state: 'speaking' },
    price: { amount: 20, currency: CNY },
    status: 'speaking 1,204 / 2,310 · about 12 minutes left',
    statuses: { en: 'speaking 1,204 / 2,310 · about 12 minutes left', zh: '正在朗读 1,204 / 2,310 · 剩余约 12 分钟' },
    progress: { segmentsDone: 1204, segmentsTotal: 2310, secondsLeft: 700 },
    granted: { amount: 20, currency: CNY, by: 'approval' },
    spent: { sums: [{ currency: CNY, simulated: false, amount: 9.87 }] },
  },
  {
    ...{ path: 'steps.yaml', title: 'Ninety-one Steps', state: 'delivered', chapters: 12, folder: 'delivered/steps' },
    status: 'delivered: 12 chapters in delivered/steps',
    statuses: { en: 'delivered: 12 chapters in delivered/steps', zh: '已交付：共 12 章，位于 delivered/steps' },
  },
].map((book, at) => ({ ...BOOK, id: String(at).repeat(24), ...book }));

/** `GET /v1/status` */
export const QUEUE = {
  ...{ counts: {}, hold: 'quiet-hours' },
  today: { day: '2026-11-29', spent: 13.08, reserved: 10.13, limit: 60 },
};

/** `GET /v1/voices` */
export const VOICES = {
  left: 0,
  voices: [
    { characters: ['Mara'], lastUsedOn: '2026-11-28', hasSample: true, simulated: false },
    { characters: ['The Keeper', 'the old man'], lastUsedOn: '2026-11-02', hasSample: true, simulated: false },
    { characters: ['narrator'], lastUsedOn: null, hasSample: false, simulated: true },
  ].map((voice, at) => ({
    ...{
      id: String(at).repeat(64),
      voice: `qwen-tts-vc-v${at}-20251120101112131-0a1b`,
      model: 'qwen3-tts-vc-2026-01-22',
    },
    ...voice,
  })),
};

/** `GET /v1/limits` */
export const LIMITS = {
  limits: [
    { limit: 'sessions', model: null, used: 7, most: 8 },
    { limit: 'callsPerMinute', model: 'qwen3-tts-vc-2026-01-22', used: 176, most: 180 },
    { limit: 'voices', model: 'qwen3-tts-vc-2026-01-22', used: 41, most: 1000 },
  ],
};

/** `GET /v1/workers` */
export const WORKERS = {
  shared: true,
  workers: [
    {
      ...{ worker: 'lighthouse-812-a', machine: 'lighthouse', pid: 812, kinds: ['synthesize'], sessions: 8 },
      steps: [
        { kind: 'synthesize', book: 'What the Keeper Knew', number: '4:112', chapter: null, seconds: 4.1 },
        { kind: 'master', book: 'What the Keeper Knew', number: null, chapter: 3, seconds: 11.8 },
      ],
    },
    {
      ...{ worker: 'harbour-77-b', machine: 'harbour', pid: 77, kinds: ['synthesize'], sessions: 8 },
      steps: [],
    },
  ],
};
