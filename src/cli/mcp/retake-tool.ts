/** The tool retake: further takes of one line, within the agreed sum. All are kept, and none is chosen. */
import { speakPart, throwIfOverBudget } from '../../composition/speak-part.ts';
import { ConfigError } from '../../config/values.ts';
import { planTakes } from '../../lines/retake.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { variationProblem } from '../../lines/variation.ts';
import { MOST_TAKES } from '../../manifest/take-number.ts';
import { isPickup } from '../../plan/book-lines.ts';
import { planPrice } from '../../plan/plan-price.ts';
import { parseLineName } from '../../script/line-name.ts';
import { newGrantId } from '../../submissions/grant-id.ts';
import { lineNamed, type OpenedBook } from '../lines/open-book.ts';
import { costOf, priceSegments } from '../retake/speak-segments.ts';
import { counted } from '../screen/format.ts';
import { answer } from './answer.ts';
import type { Call, ToolContext } from './context.ts';
import { AGREEMENT } from './inputs.ts';
import type { Wanted } from './offers.ts';
import { openedBook } from './opened-book.ts';
import { type Agreed, paidWork } from './paid-work.ts';
import type { Planned } from './planned.ts';
import { tellProgress } from './progress.ts';

type WantedRetake = Wanted & { kind: 'retake' };

/** Adds it. */
export function addRetakeTool(context: ToolContext): void {
  const { flags } = context;
  context.server.registerTool(
    'retake',
    {
      title: 'Speak a line again',
      description:
        'Speaks the further takes of a line that a plan has shown. Spends at most the agreed sum. All takes are kept and none is chosen; a person chooses after hearing them.',
      inputSchema: AGREEMENT,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    },
    ({ plan, agreed }, call) =>
      paidWork(context, {
        ...{ kind: 'retake', plan, agreed, call },
        price: async (offer) => (await plannedRetake(context, offer)).price,
        work: (granted) => retake(granted, call),
      }),
  );

  async function retake({ offer, budget, signal }: Agreed<'retake'>, call: Call) {
    const granted = { ...flags, budget };
    const opened = await openedBook(offer.manifest, granted, { sends: true, signal });
    const { line, varied, numbers, segments } = await takesOf(opened, offer);
    const { part, terms } = await priceSegments(opened, { segments, flags: granted, signal, grantId: newGrantId() });
    throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
    const tell = tellProgress(call);
    let done = 0;
    const spoken = await speakPart({
      ...{ ...opened, part, terms, segments, isRetake: true, signal },
      notice: () => undefined,
      onResult: () => tell({ done: ++done, total: segments.length, message: `Speaking ${line.number}` }),
    });
    const [takes = []] = await storedTakes(opened.store, [varied], opened.account.realm);
    const made = takes.filter(({ number }) => numbers.includes(number));
    const failures = [...spoken.failures.values()];
    const cost = costOf(part, terms, spoken);
    const data = {
      ...{
        line: line.number,
        character: line.character,
        text: line.words,
        cost,
        simulated: spoken.simulated,
        failures,
      },
      takes: made.map(({ number, records }) => ({
        number,
        seconds: records.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
        doubts: records.flatMap((record) => record.doubts ?? []).map(({ check }) => check),
      })),
    };
    const spent = cost === null ? 'cost unknown' : `cost ${cost.amount} ${cost.currency}`;
    const use = `A person can hear and use them: pipeline play and pipeline choose ${line.number}.`;
    const text = `${counted(made.length, 'take')} of ${line.number} spoken, ${spent}. ${made.length > 0 ? use : failures.map(({ message }) => message).join(' ')}`;
    return { ...answer(text, data), ...(made.length < numbers.length && { isError: true }) };
  }
}

/** Throws `ManifestError`, and `ConfigError` for a line that is not there or can have no such takes. */
export async function plannedRetake({ flags, signal }: ToolContext, wanted: WantedRetake): Promise<Planned> {
  const opened = await openedBook(wanted.manifest, flags);
  const { line, numbers, segments } = await takesOf(opened, wanted);
  const { part, terms } = await priceSegments(opened, { segments, flags: {}, signal });
  throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
  return {
    price: planPrice(part, terms),
    work: `${line.number} ${line.character}: ${numbers.length === 1 ? 'take' : 'takes'} ${numbers.join(', ')}`,
    data: { line: line.number, character: line.character, text: line.words, takes: numbers },
  };
}

async function takesOf(
  { book, account, store, lines }: OpenedBook,
  { line: number, takes, say, direction }: WantedRetake,
) {
  const name = parseLineName(number);
  if (name === undefined || name.segment !== undefined)
    throw new ConfigError(`"${number}" is no line. Give CHAPTER:LINE, such as 3:37. Nothing was done.`);
  const line = lineNamed({ lines }, name);
  const problem = isPickup(line)
    ? `${line.number} is a recording of the author's, so it has no other takes.`
    : variationProblem({ book, line, say, direction }, { say: 'say', direction: 'direction' });
  if (problem !== undefined) throw new ConfigError(`${problem} Nothing was done.`);
  const planned = await planTakes({ book, account, store, line, takes, say, direction });
  if (planned.numbers.length === 0)
    throw new ConfigError(`${line.number} has ${MOST_TAKES} takes, as many as a line may have. Nothing was done.`);
  return { line, ...planned };
}
