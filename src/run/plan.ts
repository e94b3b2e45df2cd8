/** Phase 1, plan: what a book needs, given the store. Separate from the run, so that `pipeline plan` loads only this. */
import type { Account } from '../account.ts';
import { loudnessCounts } from '../audio/measure/loudness.ts';
import { storedMeasures } from '../audio/measure/stored-measures.ts';
import type { Book } from '../book/load-book.ts';
import { PipelineError } from '../errors.ts';
import type { PipelineEvent } from '../events.ts';
import { NEW_BUDGET } from '../manifest/fields/budget.ts';
import type { Draft } from '../plan/draft.ts';
import { draftBook } from '../plan/draft-book.ts';
import type { Edition } from '../plan/edition.ts';
import type { LoudnessCounts } from '../plan/levels.ts';
import { onlyChapters } from '../plan/only-chapters.ts';
import { type Plan, planBook } from '../plan/plan.ts';
import { planTotals } from '../plan/plan-totals.ts';
import { moneyText, nanosText, type Tariff } from '../plan/price.ts';
import { type Pace, type PlanTerms, planReport } from '../plan/report.ts';
import { findGrant, grantBalance } from '../store/grants.ts';
import { countVoices } from '../store/ledger.ts';
import { dropRefusal } from '../store/refusals.ts';
import { snapshotOf } from '../store/snapshot.ts';
import { findPace } from '../store/speech-pace.ts';
import type { Store } from '../store/store.ts';
import { amendTake, type TakeRecord } from '../store/takes.ts';
import type { RunOptions, Terms } from './run-options.ts';

/** A run before its first step. */
export interface PlannedRun {
  plan: Plan;
  /** The plan of the whole book, of which `plan` may be a part. */
  whole: Plan;
  /** The terms of the run, completed from the store. */
  terms: PlanTerms;
  announcement: Extract<PipelineEvent, { type: 'run.planned' }>;
  /** The failure of a plan over its budget; undefined when it is within. */
  overBudget: PipelineError | undefined;
}

/** Most changed lines of each chapter on the first screen of a run; `plan` shows more. */
const MOST_CHANGES = 20;

/** Plans a run. With `retryRefused`, first deletes the stored refusals, so that the workers ask the service again. */
export async function planForRun(options: RunOptions): Promise<PlannedRun> {
  let whole = await planWhole(options);
  let plan = partFor(options, whole);
  const refused = plan.chapters.flatMap(({ segments }) => segments).filter(({ reason }) => reason === 'refused');
  if (options.retryRefused && refused.length > 0) {
    for (const { step } of refused) await dropRefusal(options.store, step.key);
    whole = await planWhole(options);
    plan = partFor(options, whole);
  }
  const planTerms = await planTermsOf(options, plan);
  const report = planReport(plan, planTerms, { mostChanges: MOST_CHANGES });
  const announcement = { type: 'run.planned' as const, ...planTotals(plan, planTerms.tariff), plan: report };
  const hasBegun = options.isContinued === true && planTerms.grant !== undefined;
  const overBudget =
    report.budget?.kept === false && !hasBegun ? overBudgetError({ terms: planTerms }, plan) : undefined;
  return { plan, whole, terms: planTerms, announcement, overBudget };
}

/** All steps of a loaded book; with the keys of an earlier version of mastering or binding, if one is given. Pure. */
export function draftRun({
  book,
  account,
  masteringVersion,
  locked,
}: {
  book: Book;
  account: Account;
  masteringVersion?: number | undefined;
  /** The edition to reproduce: its M4B is bound as it was. */
  locked?: Pick<Edition, 'binding'> | undefined;
}): Draft {
  return draftBook({
    manifest: book.manifest,
    chapters: book.chapters,
    samples: new Map([...book.samples].map(([name, { asset }]) => [name, asset])),
    ...(book.cover === undefined ? {} : { cover: book.cover.asset }),
    ...(book.sample === undefined ? {} : { sample: book.sample }),
    pickups: new Map([...book.pickups].map(([path, { asset }]) => [path, asset])),
    realm: account.realm,
    ...(account.profile === undefined ? {} : { profile: account.profile }),
    ...(masteringVersion === undefined ? {} : { masteringVersion }),
    ...(locked === undefined ? {} : { bindingVersion: locked.binding ?? 1 }),
  });
}

/** What a book, or the chapters `only`, needs now (`finalLevels`: see `planBook`). Changes nothing in the store except what `loudnessOf` adds. */
export async function planRun(
  of: Pick<RunOptions, 'book' | 'store' | 'account' | 'only' | 'masteringVersion' | 'locked'>,
  levels: { finalLevels?: boolean } = {},
): Promise<Plan> {
  return partFor(of, await planWhole(of, levels));
}

function partFor({ only }: Pick<RunOptions, 'only'>, whole: Plan): Plan {
  return only === undefined ? whole : onlyChapters(whole, only);
}

async function planWhole(
  of: Pick<RunOptions, 'book' | 'store' | 'account' | 'masteringVersion' | 'locked'>,
  { finalLevels = false } = {},
): Promise<Plan> {
  const { store, account } = of;
  const draft = draftRun(of);
  const snapshot = await snapshotOf(store, draft, {
    account: account.id,
    realm: account.realm,
    loudnessOf: (take) => loudnessOf(take, store),
  });
  return planBook(draft, snapshot, { finalLevels });
}

/** The loudness of a take whose record, of an earlier version, lacks it. Added to the record, so that it is measured once. */
async function loudnessOf(take: TakeRecord, store: Store): Promise<LoudnessCounts> {
  const { measures } = await storedMeasures({
    sampleRateHz: take.sampleRateHz,
    readMeasures: () => store.readBlob(take.measures.digest),
    openSound: () => store.openBlob(take.pcm.digest),
  });
  const loudness = loudnessCounts(measures.loudness);
  // A plan must work on a read-only store, too.
  await amendTake(store, { ...take, loudness }).catch(() => undefined);
  return loudness;
}

/**
 * Completes the terms from the store: the account's measured speed and speech length, its number of voices, and what was
 * spent of the grant.
 */
export async function planTermsOf(
  { store, account, terms }: { store: Store; account: Account; terms: Terms },
  plan: Plan,
): Promise<PlanTerms> {
  const others = Object.entries(terms.tariff.others ?? {});
  const [pace, knownVoices, grant, ...pacesOfOthers] = await Promise.all([
    findPace(store, { account: account.id, model: plan.model.id }),
    countVoices(store, account.id),
    terms.grantId === undefined ? undefined : findGrant(store, terms.grantId),
    ...others.map(([model]) => findPace(store, { account: account.id, model })),
  ]);
  const measured = others.map(([model, tariff], at) => [model, withPace(tariff, pacesOfOthers[at])]);
  const tariff = {
    ...withPace(terms.tariff, pace),
    ...(others.length > 0 && { others: Object.fromEntries(measured) }),
  };
  return { ...terms, tariff, pace, knownVoices, grant: grant && grantBalance(grant) };
}

function withPace(tariff: Tariff, pace: Pace | undefined): Tariff {
  return pace === undefined ? tariff : { ...tariff, lengthFactor: pace.lengthFactor };
}

/** The failure of a run whose plan is over its budget. It is raised before anything is sent, and names all ways out. */
export function overBudgetError(
  { terms: { tariff, budgetNanos = 0, grant } }: { terms: Terms },
  plan: Plan,
): PipelineError {
  const { cost, estimated } = planTotals(plan, tariff);
  const sum = cost === null ? 'an unknown amount' : `${estimated ? 'about ' : ''}${moneyText(cost)}`;
  const money = (nanos: number): string => nanosText(nanos, tariff.currency);
  const spent = grant?.spentNanos ?? 0;
  const budget =
    spent === 0
      ? `its budget of ${money(budgetNanos)}`
      : `what is left of its budget of ${money(budgetNanos)}, of which earlier runs have spent ${money(spent)}`;
  return new PipelineError({
    code: 'over-budget',
    message:
      `This run would cost ${sum}, more than ${budget}. Nothing was sent. ` +
      `${spent === 0 ? '' : `${NEW_BUDGET} `}` +
      'Raise the budget (--budget, or "budget:" in the manifest), or remove chapters from the manifest and run the book in parts; `pipeline plan` shows what each chapter needs.',
    retry: 'never',
  });
}
