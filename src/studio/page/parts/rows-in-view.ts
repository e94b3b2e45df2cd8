/** Which rows of a long list are in the page: those in view and a few around them. Pure. */

/** Rows that are drawn above and below what is in view. */
const AROUND = 8;
/** Most rows in the page, whatever their heights. */
export const MOST_ROWS = 200;

/** Heights of all rows, in pixels: known for rows that were drawn, estimated for the others. */
export class RowHeights {
  readonly #heights: Float64Array;
  #tops: Float64Array | undefined;

  constructor(count: number, estimate: (index: number) => number) {
    this.#heights = Float64Array.from({ length: count }, (_, index) => estimate(index));
  }

  /** How many rows. */
  get count(): number {
    return this.#heights.length;
  }

  /** Notes the height of a row that was drawn; true when it is another one. */
  measured(index: number, height: number): boolean {
    if (index >= this.count || Math.abs(this.#heights[index]! - height) < 0.5) return false;
    this.#heights[index] = height;
    this.#tops = undefined;
    return true;
  }

  /** Where a row begins; for the index after the last one: the height of all. */
  top(index: number): number {
    this.#tops ??= this.#sum();
    return this.#tops[Math.max(0, Math.min(index, this.count))]!;
  }

  /** The row at a height. */
  at(height: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.top(middle + 1) <= height) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, Math.max(0, this.count - 1));
  }

  /** First row to draw and the one after the last. */
  inView(scrollTop: number, viewHeight: number): { first: number; end: number } {
    const first = Math.max(0, this.at(scrollTop) - AROUND);
    const end = Math.min(this.count, this.at(scrollTop + viewHeight) + 1 + AROUND, first + MOST_ROWS);
    return { first, end };
  }

  #sum(): Float64Array {
    const tops = new Float64Array(this.count + 1);
    for (let index = 0; index < this.count; index++) tops[index + 1] = tops[index]! + this.#heights[index]!;
    return tops;
  }
}
