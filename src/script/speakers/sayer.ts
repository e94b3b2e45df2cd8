/** What the words beside a quotation tell. */
export type Sayer =
  | { kind: 'name'; name: string }
  | { kind: 'narrator' }
  /** A pronoun or a description: “he said”, “said the keeper”; `words` are those of the description. */
  | { kind: 'unnamed'; gender?: 'm' | 'f'; words?: string };
