/** The tool plan: what a run or a retake would do and cost. What it shows is what run and retake can be asked for. */
import * as z from 'zod';
import { answer, answerOrFailure } from './answer.ts';
import type { ToolContext } from './context.ts';
import { CHAPTERS, MANIFEST } from './inputs.ts';
import { sumText, type Wanted } from './offers.ts';
import { requirePrice } from './planned.ts';
import { ToolRefusal } from './refusal.ts';
import { priceRetake } from './retake-tool.ts';
import { plannedRun } from './run-tool.ts';

/** Adds it. */
export function addPlanTool(context: ToolContext): void {
  context.server.registerTool(
    'plan',
    {
      title: 'Plan and price',
      description:
        'What a run would do and cost, or with "retake" what further takes of one line would. Costs nothing. Returns the ID that run and retake need; show the price to the person and ask.',
      inputSchema: {
        manifest: MANIFEST,
        chapters: CHAPTERS,
        retake: z
          .object({
            line: z.string().describe('The line, such as 3:37'),
            takes: z.number().int().min(1).max(20).default(1).describe('How many further takes'),
            say: z.string().optional().describe('Words to speak instead, such as another spelling of a name'),
            direction: z.string().optional().describe('How to speak it, for models that take directions'),
          })
          .optional(),
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ manifest, chapters, retake }) =>
      answerOrFailure(async () => {
        if (retake !== undefined && chapters !== undefined)
          throw new ToolRefusal('wrong-input', 'Give chapters or retake, not both. Nothing was done.');
        return retake === undefined
          ? show({ kind: 'run', manifest, chapters })
          : show({ kind: 'retake', manifest, ...retake });
      }),
  );

  async function show(wanted: Wanted) {
    const { price, work, data } =
      wanted.kind === 'run' ? await plannedRun(context, wanted) : await priceRetake(context, wanted);
    const known = requirePrice(price);
    const plan = context.offers.show({ ...wanted, price: known });
    const [least, sum] = [sumText(known), sumText({ nanos: known.roomyNanos, currency: known.currency })];
    const room = `with less than ${sum} it may stop early, because speech is longer than estimated or takes are spoken again`;
    const ask = `To do it: ask the person to agree to ${sum}, then call ${wanted.kind} with plan ${plan} and the agreed sum`;
    const text = `${work}. Price: ${least}. ${ask}; only what is used is spent, and ${room}.`;
    const { simulate: simulated } = context.config;
    return answer(text, { plan, tool: wanted.kind, price: least, sum, simulated, ...data });
  }
}
