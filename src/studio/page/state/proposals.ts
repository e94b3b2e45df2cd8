/** The changes that are proposed for the book's texts. */
import { signal } from '@preact/signals';
import type { Proposal, ProposalRequest, Proposals } from '../../proposals/proposal-shapes.ts';
import { get, post } from './request.ts';

/** As the server told them last; undefined until they have arrived. */
export const proposals = signal<readonly Proposal[] | undefined>(undefined);

/** Reads them. Throws `RefusedRequest`. */
export async function loadProposals(): Promise<void> {
  proposals.value = (await get<Proposals>('/proposals')).proposals;
}

/** Takes one over, or puts it aside. Throws `RefusedRequest`; the list is then read again. */
export async function settle(how: 'take' | 'aside', { name, of }: ProposalRequest): Promise<void> {
  try {
    proposals.value = (await post<Proposals>(`/proposals/${how}`, { name, of })).proposals;
  } catch (error) {
    void loadProposals().catch(() => undefined);
    throw error;
  }
}
