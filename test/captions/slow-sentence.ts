/** A take whose first sentence is said slowly, with a breath in it: the pause nearest to where it is estimated to end is not its own. */
export const SLOW_SENTENCE = {
  text: 'The boat came slowly out of the fog. Nobody in the house by the shore was awake to see it come. It was late.',
  durationSeconds: 9.6,
  pauses: [
    [1.6, 1.75],
    [4.4, 5],
    [7.9, 8.4],
  ],
} as const;
