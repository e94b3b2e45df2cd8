/** Relative speaking time of a text: letters and digits, plus a constant for each punctuation mark. Pure. */
export function speechWeight(text: string): number {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const punctuation = text.match(/[,;:.!?…—，、；：。！？]/gu)?.length ?? 0;
  return letters + 2 * punctuation;
}
