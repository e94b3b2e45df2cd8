/** What the studio is given: the book as the flags say, its money, and what speaks and masters. */
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { recordingProblem } from '../../book/warnings/check-pickups.ts';
import { keepChosenModel } from '../../composition/choose-model.ts';
import { openOutBucket } from '../../composition/open-out-bucket.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { type SharedWork, shareWork } from '../../composition/shared-workbench.ts';
import { type PricedPart, speakPart, throwIfOverBudget } from '../../composition/speak-part.ts';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { type OpenedBook, readBook } from '../../library/opened-book.ts';
import { costOf, priceSegments, refuseUnspeakable } from '../../library/price-segments.ts';
import { formatDiagnostics } from '../../manifest/diagnostics/diagnostic.ts';
import { onlyChapters } from '../../plan/only-chapters.ts';
import { planNanos, planTotals } from '../../plan/plan-totals.ts';
import { moneyText, nanosText } from '../../plan/price.ts';
import { type ReadyDatabase, readyDatabase } from '../../queue/embedded/ready-database.ts';
import { planRun, planTermsOf } from '../../run/plan.ts';
import type { Work } from '../../run/run-options.ts';
import { findGrant, grantBalance } from '../../store/grants.ts';
import { readSpending } from '../../store/spending/read-spending.ts';
import { sumsByReason } from '../../store/spending/sums.ts';
import type { PricedWork, StudioBook, StudioDependencies } from '../../studio/dependencies.ts';
import { StudioProblem } from '../../studio/server/problem.ts';
import { newGrantId } from '../../submissions/grant-id.ts';
import { runSubmission } from '../../submissions/run-submission.ts';
import type { BookFlags } from '../lines/open-book.ts';
import { readHandoutProgram } from './handout-program.ts';
import { proposalsFolder } from './proposals-folder.ts';

/** Flags that decide what may be spent. */
export type StudioFlags = BookFlags & { budget?: string };

/** How the command sees a book of the studio. */
const opening = Symbol('opened');
type Opened = StudioBook & { [opening]: OpenedBook };

/** `first`: the book as it was just read. Close what it returns when no job is under way. */
export function studioDependencies(of: {
  first: OpenedBook;
  flags: StudioFlags;
  signal: AbortSignal;
}): StudioDependencies & { close(): Promise<void> } {
  const { flags, signal } = of;
  const { manifest, store } = of.first;
  let first: OpenedBook | undefined = of.first;
  // One budget for all that is done while the studio is open.
  const grantId = newGrantId();
  const { cacheDir } = of.first.config;
  const database = readyDatabase(async () => {
    const { openEmbedded } = await import('../../queue/embedded/embedded.ts');
    return openEmbedded({ cacheDir });
  });
  const sharedWork = shareByAccount(signal, database.take);
  return toldAsProblems({
    open: async () => {
      const opened = first ?? (await readBook({ manifest, config: readConfig(flags), store, signal }));
      first = undefined;
      if (!('reading' in opened)) return shownToStudio(opened);
      const { diagnostics, sources } = opened.reading;
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      return { errors: formatDiagnostics({ diagnostics: errors, sources, color: false }).trimEnd() };
    },
    money: (book) => moneyOfBook(openedOf(book), { flags, grantId }),
    price: async (book, segments) => {
      const priced = await priceSegments(openedOf(book), { segments, flags, signal, grantId });
      return givenPrice(priced, segments.length);
    },
    speak: async (book, { segments, isRetake, notice, onResult, signal: stop }) => {
      const opened = await sending(openedOf(book));
      const { part, terms } = await priceSegments(opened, { segments, flags, signal: stop, grantId });
      throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
      const openWork = (): Promise<Work> => sharedWork(opened, notice);
      const working = { segments, isRetake, notice, onResult, openWork, signal: stop };
      const spoken = await speakPart({ ...opened, part, terms, ...working });
      const cost = costOf(part, terms, spoken);
      return {
        ...(cost !== null && { spent: moneyText(cost) }),
        failures: [...spoken.failures.values()].map(({ message }) => message),
      };
    },
    runPrice: async (book, only) => {
      const { account, config, store: own } = openedOf(book);
      const whole = await planRun({ book: book.book, store: own, account });
      const part = only === undefined ? whole : onlyChapters(whole, only);
      const terms = await planTermsOf(
        { store: own, account, terms: await termsOf(config, book.book.manifest, flags, { account, grantId }) },
        part,
      );
      return givenPrice({ part, terms }, planTotals(part, terms.tariff).segments.synthesize);
    },
    run: async (book, { only, emit, notice, signal: stop }) => {
      const opened = await sending(openedOf(book));
      const { account, config, store: own, modelChoice } = opened;
      const { manifest: wanted } = book.book;
      await refuseUnspeakable(opened, stop);
      return runSubmission({
        ...{ book: book.book, store: own, account, outDir: config.outDir, emit, signal: stop },
        simulated: config.simulate,
        out: await openOutBucket(config),
        ...(only && { only }),
        terms: await termsOf(config, wanted, flags, { account, grantId }),
        openWork: async () => {
          await keepChosenModel({ store: own, account, manifest: wanted, choice: modelChoice });
          return sharedWork(opened, notice);
        },
        keepLock: true,
      });
    },
    expectWork: async (book) => {
      const { redisUrl } = openedOf(book).config;
      if (redisUrl === undefined && !sharedWork.isOpen()) database.expect();
    },
    proposalsFolder,
    recordingProblem: async ({ book }, { bytes, text, signal: stop }) => {
      const { ffmpegPath, pathEnv } = of.first.config;
      const ffmpeg = await findFfmpeg({ explicitPath: ffmpegPath, pathEnv });
      return recordingProblem(book, { bytes, text, ffmpeg, signal: stop });
    },
    handoutParts: async () => {
      const { ffmpegPath, pathEnv } = of.first.config;
      const [program, ffmpeg] = await Promise.all([
        readHandoutProgram(),
        findFfmpeg({ explicitPath: ffmpegPath, pathEnv }),
      ]);
      return { program, ffmpeg };
    },
    close: async () => {
      await sharedWork.close();
      await database.close();
    },
  });
}

/** A wrong setting is for the person at the page to read, like every other failure. */
function toldAsProblems<T extends object>(given: T): T {
  const told = Object.entries(given).map(([name, work]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    (...args: unknown[]) =>
      work(...args).catch((error: unknown) => {
        throw error instanceof ConfigError ? new StudioProblem(422, 'wrong-setting', error.message) : error;
      }),
  ]);
  return Object.fromEntries(told) as T;
}

/** One queue for all jobs at the same time; it is closed soon after the last one, so that other processes can have the store. */
function shareByAccount(
  signal: AbortSignal,
  database: ReadyDatabase['take'],
): {
  (opened: OpenedBook, notice: (message: string) => void): Promise<Work>;
  /** A queue is open, or opens. */
  isOpen(): boolean;
  close(): Promise<void>;
} {
  const shared = new Map<string, SharedWork>();
  const listeners = new Set<(message: string) => void>();
  const notice = (message: string): void => {
    for (const tell of listeners) tell(message);
  };
  const open = async (opened: OpenedBook, tell: (message: string) => void): Promise<Work> => {
    const { config, account, store, book } = opened;
    const openWork = async (): Promise<Work> => {
      const { openWorkbench } = await import('../../composition/workbench.ts');
      return openWorkbench({ config, account, model: book.manifest.model, store, notice, signal, database });
    };
    const own = shared.get(account.id) ?? shareWork(openWork);
    shared.set(account.id, own);
    listeners.add(tell);
    try {
      const work = await own.open();
      return {
        ...work,
        close: async () => {
          listeners.delete(tell);
          await work.close();
        },
      };
    } catch (error) {
      listeners.delete(tell);
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all([...shared.values()].map((one) => one.close()));
  };
  const isOpen = (): boolean => [...shared.values()].some((one) => one.now() !== undefined);
  return Object.assign(open, { isOpen, close });
}

function shownToStudio(opened: OpenedBook): Opened {
  const { manifest, book, account, store, draft, lines, config } = opened;
  return { manifest, book, account, store, draft, lines, simulated: config.simulate, [opening]: opened };
}

/** The same with the studio's store, which remembers what it has read. */
function openedOf(book: StudioBook): OpenedBook {
  return { ...(book as Opened)[opening], store: book.store };
}

/** The same for what calls the service. Throws `key-missing` when there is no key. */
async function sending(opened: OpenedBook): Promise<OpenedBook> {
  const { account, config } = await serviceOfBook(opened.config, opened.book.manifest, { sends: true });
  return { ...opened, account, config };
}

function givenPrice({ part, terms }: PricedPart, segments: number): PricedWork {
  const planned = planNanos(part, terms.tariff);
  const { cost, estimated, costs } = planTotals(part, terms.tariff);
  const sums = cost === null ? (costs ?? []) : [cost];
  const text = sums.length === 0 ? 'price unknown' : `${estimated ? 'about ' : ''}${sums.map(moneyText).join(' and ')}`;
  return { nanos: planned?.nanos ?? 0, text, segments, ...refusal({ part, terms }) };
}

function refusal(priced: PricedPart): { refused?: string } {
  try {
    throwIfOverBudget(priced, { what: 'This', nothing: 'Nothing was sent.' });
    return {};
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

async function moneyOfBook(
  { book, config, account, store }: OpenedBook,
  { flags, grantId }: { flags: StudioFlags; grantId: string },
): ReturnType<StudioDependencies['money']> {
  const { title, author = '' } = book.manifest;
  const terms = await termsOf(config, book.manifest, flags, { account, grantId });
  const { currency } = terms.tariff;
  const text = (nanos: number): string => nanosText(nanos, currency);
  const { calls } = await readSpending(store, { title, author });
  const own = sumsByReason(calls).find((sum) => sum.simulated === config.simulate && sum.currency === currency);
  const grant = terms.grantId === undefined ? undefined : await findGrant(store, terms.grantId);
  const { budgetNanos } = terms;
  return {
    currency,
    spent: text(own?.nanos ?? 0),
    ...(budgetNanos !== undefined && {
      granted: text(budgetNanos),
      left: text(Math.max(0, budgetNanos - (grant === undefined ? 0 : grantBalance(grant).spentNanos))),
    }),
  };
}
