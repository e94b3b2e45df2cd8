/**
 * Keeps a speaker to the tokens a minute of the account: a take reserves what it will probably use before it is sent, and
 * the usage that comes corrects that.
 */
import type { TokenLimiter, TokenReservation } from '../limits.ts';
import { billedUnits, modelOf } from '../models.ts';
import { expectedSpeech } from '../qc/expected-speech.ts';
import { SilentResponse, type Speaker, type SpeakRequest, type Usage } from './engine.ts';

/** Tokens of a second of speech where the table says nothing: the most that any sibling uses. */
const TOKENS_PER_SECOND = 50;

/** The speaker within the limits; `limiterOf` is undefined for a model without a limit, which never waits. */
export function gateTokens(speaker: Speaker, limiterOf: (model: string) => TokenLimiter | undefined): Speaker {
  return {
    stats: () => speaker.stats(),
    close: () => speaker.close(),
    async speak(request, listener) {
      const limiter = limiterOf(request.model);
      if (limiter === undefined) return speaker.speak(request, listener);
      const { signal } = listener;
      const estimate = estimatedTokens(request);
      // Before the wait for a session: one that is open and silent for long is closed by the service.
      let held: TokenReservation = await limiter.reserve(estimate, signal);
      let isSent = false;
      try {
        const take = await speaker.speak(request, {
          ...listener,
          async onCommit(leave) {
            if (isSent) {
              held.settle(undefined);
              held = await limiter.reserve(estimate, signal);
            }
            await listener.onCommit?.(leave);
            isSent = true;
          },
        });
        held.settle(tokensOf(take.usage));
        return take;
      } catch (error) {
        const used = error instanceof SilentResponse ? tokensOf(error.usage) : undefined;
        held.settle(isSent ? used : 0);
        throw error;
      }
    },
  };
}

/** About as many tokens as a text and its speech have; rather too many. */
export function estimatedTokens({ text, model, engine }: Pick<SpeakRequest, 'text' | 'model' | 'engine'>): number {
  const price = modelOf({ model, engine })?.price;
  const perSecond = price?.kind === 'tokens' ? price.outputTokensPerSecond : TOKENS_PER_SECOND;
  return Math.ceil(billedUnits(text) + expectedSpeech(text).seconds * perSecond);
}

/** Undefined where the service counts characters: then the estimate stands. */
function tokensOf(usage: Usage | undefined): number | undefined {
  return usage !== undefined && 'total_tokens' in usage && usage.total_tokens > 0 ? usage.total_tokens : undefined;
}
