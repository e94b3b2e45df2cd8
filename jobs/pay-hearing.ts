/** Reserves and records the price of a call to the recogniser, from the same budget and in the same ledger as speech. */
import type { Hearing, HearOptions } from '../src/hearing/recogniser.ts';
import { heardNanos } from '../src/plan/hearing.ts';
import { leaveAndPay } from './context.ts';
import { isRefusal, withinLimit } from './pay.ts';
import { recordHearing } from './record-spending.ts';
import type { HearTask } from './take-try.ts';

/**
 * Runs the call. `nanos`: the most that it should cost. Charges what the recogniser counted; the full price when its answer
 * is lost; nothing when it refuses. Rejects as the call does, and with `over-budget`: nothing was sent then.
 */
export async function payForHearing(
  of: HearTask & { nanos: number },
  call: (onSend: HearOptions['onSend']) => Promise<Hearing>,
): Promise<Hearing> {
  const { step, attempt, context, nanos } = of;
  const { purse } = step;
  const paid = recordHearing(of);
  // A key of its own: the reservation for the speech of this take may not be settled yet.
  const request = { nanos, key: `hear-${step.key}`, characters: 0, isAllotted: purse?.isAllotted };
  const isPaid = purse !== undefined && nanos > 0;
  const reservation = isPaid ? await context.budgets.reserve(purse.id, request, attempt.signal) : undefined;
  let sent = false;
  try {
    const heard = await paid.watch(() =>
      call(async (leave) => {
        await paid.sending((record) =>
          leaveAndPay({ attempt, flight: of.flight }, { leave, reserve: () => reservation?.sending(), note: record }),
        );
        sent = true;
      }),
    );
    const { usage } = heard;
    const cost = usage === undefined ? nanos : heardNanos(purse?.hearing, usage);
    await withinLimit(reservation?.settle({ nanos: cost }) ?? Promise.resolve());
    await paid.recorded();
    return heard;
  } catch (error) {
    const owed = sent && !isRefusal(error) ? nanos : 0;
    await withinLimit(reservation?.settle({ nanos: owed }) ?? Promise.resolve());
    throw error;
  }
}
