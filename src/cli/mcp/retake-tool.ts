/** The tool retake: further takes of one line, within the agreed sum. All are kept, and none is chosen. */
import { throwIfOverBudget } from '../../composition/speak-part.ts';
import { openBook } from '../../library/opened-book.ts';
import { priceSegments } from '../../library/price-segments.ts';
import { plannedRetake, retakeLine } from '../../library/retake-line.ts';
import { planPrice } from '../../plan/plan-price.ts';
import { counted } from '../screen/format.ts';
import { answer } from './answer.ts';
import type { Call, ToolContext } from './context.ts';
import { AGREEMENT } from './inputs.ts';
import type { Wanted } from './offers.ts';
import { type Agreed, paidWork } from './paid-work.ts';
import type { Planned } from './planned.ts';
import { tellProgress } from './progress.ts';

type WantedRetake = Wanted & { kind: 'retake' };

/** Adds it. */
export function addRetakeTool(context: ToolContext): void {
  const { config } = context;
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
        price: async (offer) => (await priceRetake(context, offer)).price,
        work: (granted) => retake(granted, call),
      }),
  );

  async function retake({ offer, budget, signal }: Agreed<'retake'>, call: Call) {
    const opened = await openBook({ manifest: offer.manifest, config, signal }, { sends: true });
    const planned = await plannedRetake(opened, offer);
    const { line, numbers, segments } = planned;
    const tell = tellProgress(call);
    let done = 0;
    const { takes, failures, cost, ...of } = await retakeLine(opened, {
      ...{ ...planned, budget, signal },
      onResult: () => tell({ done: ++done, total: segments.length, message: `Speaking ${line.number}` }),
    });
    const data = {
      ...{ ...of, cost, failures },
      takes: takes.map(({ number, seconds, doubts }) => ({
        number,
        seconds,
        doubts: doubts.map(({ check }) => check),
      })),
    };
    const spent = cost === null ? 'cost unknown' : `cost ${cost.amount} ${cost.currency}`;
    const use = `A person can hear and use them: pipeline play and pipeline choose ${line.number}.`;
    const text = `${counted(takes.length, 'take')} of ${line.number} spoken, ${spent}. ${takes.length > 0 ? use : failures.map(({ message }) => message).join(' ')}`;
    return { ...answer(text, data), ...(takes.length < numbers.length && { isError: true }) };
  }
}

/** Throws `ManifestError`, and `ConfigError` for a line that is not there or can have no such takes. */
export async function priceRetake({ config, signal }: ToolContext, wanted: WantedRetake): Promise<Planned> {
  const opened = await openBook({ manifest: wanted.manifest, config, signal });
  const { line, numbers, segments } = await plannedRetake(opened, wanted);
  const { part, terms } = await priceSegments(opened, { segments, flags: {}, signal });
  throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
  return {
    price: planPrice(part, terms),
    work: `${line.number} ${line.character}: ${numbers.length === 1 ? 'take' : 'takes'} ${numbers.join(', ')}`,
    data: { line: line.number, character: line.character, text: line.words, takes: numbers },
  };
}
