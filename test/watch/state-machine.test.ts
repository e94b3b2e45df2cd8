/** The life of a dropped book, transition by transition. */
import { describe, expect, it } from 'vitest';
import { type Action, type BookEvent, STATE_NAMES, type State, transition } from '../../src/watch/state-machine.ts';

const price = { amount: 12, currency: 'CNY' };
const ALL_STATES: Record<State['name'], State> = {
  seen: { name: 'seen' },
  settling: { name: 'settling' },
  'waiting-files': { name: 'waiting-files', missing: ['a.txt'] },
  queued: { name: 'queued' },
  'waiting-approval': { name: 'waiting-approval', price },
  paused: { name: 'paused', hold: 'pause-file' },
  elsewhere: { name: 'elsewhere' },
  speaking: { name: 'speaking' },
  delivering: { name: 'delivering' },
  delivered: { name: 'delivered' },
  rejected: { name: 'rejected' },
  'needs-you': { name: 'needs-you', reason: 'why' },
  cancelled: { name: 'cancelled' },
};
const ALL_HAPPENINGS: Record<BookEvent['type'], BookEvent> = {
  looked: { type: 'looked' },
  changed: { type: 'changed' },
  settled: { type: 'settled' },
  incomplete: { type: 'incomplete', missing: ['b.txt'] },
  refused: { type: 'refused' },
  passed: { type: 'passed' },
  known: { type: 'known' },
  held: { type: 'held', hold: 'outage' },
  freed: { type: 'freed' },
  'price-asked': { type: 'price-asked', price },
  approved: { type: 'approved' },
  'taken-elsewhere': { type: 'taken-elsewhere' },
  free: { type: 'free' },
  started: { type: 'started' },
  spoken: { type: 'spoken' },
  finished: { type: 'finished' },
  failed: { type: 'failed', reason: 'broken' },
  stopped: { type: 'stopped' },
  retry: { type: 'retry' },
  removed: { type: 'removed' },
};

/** Every arrow of the diagram: from, what happens, to, actions. What is not here must change nothing. */
const ARROWS: [State['name'], BookEvent['type'], State['name'], Action[]][] = [
  ['seen', 'looked', 'settling', []],
  ['seen', 'changed', 'settling', []],
  ['seen', 'removed', 'cancelled', ['clean-up']],
  ['settling', 'settled', 'settling', ['check']],
  ['settling', 'incomplete', 'waiting-files', []],
  ['settling', 'refused', 'rejected', ['write-rejection']],
  ['settling', 'failed', 'needs-you', ['schedule-retry']],
  ['settling', 'known', 'delivered', ['remove-rejection', 'remember']],
  ['settling', 'passed', 'queued', ['remove-rejection']],
  ['settling', 'removed', 'cancelled', ['clean-up']],
  ['waiting-files', 'changed', 'settling', []],
  ['waiting-files', 'settled', 'waiting-files', ['check']],
  ['waiting-files', 'incomplete', 'waiting-files', []],
  ['waiting-files', 'refused', 'rejected', ['write-rejection']],
  ['waiting-files', 'known', 'delivered', ['remove-rejection', 'remember']],
  ['waiting-files', 'failed', 'needs-you', ['schedule-retry']],
  ['waiting-files', 'passed', 'queued', ['remove-rejection']],
  ['waiting-files', 'removed', 'cancelled', ['clean-up']],
  ['queued', 'changed', 'settling', []],
  ['queued', 'incomplete', 'waiting-files', []],
  ['queued', 'refused', 'rejected', ['write-rejection']],
  ['queued', 'known', 'delivered', ['remove-rejection', 'remember']],
  ['queued', 'failed', 'needs-you', ['schedule-retry']],
  ['queued', 'held', 'paused', []],
  ['queued', 'taken-elsewhere', 'elsewhere', []],
  ['queued', 'price-asked', 'waiting-approval', []],
  ['queued', 'started', 'speaking', ['remove-rejection']],
  ['queued', 'removed', 'cancelled', ['clean-up']],
  ['waiting-approval', 'changed', 'settling', []],
  ['waiting-approval', 'approved', 'queued', []],
  ['waiting-approval', 'price-asked', 'waiting-approval', []],
  ['waiting-approval', 'removed', 'cancelled', ['clean-up']],
  ['paused', 'changed', 'settling', []],
  ['paused', 'freed', 'queued', []],
  ['paused', 'held', 'paused', []],
  ['paused', 'known', 'delivered', ['remove-rejection', 'remember']],
  ['paused', 'removed', 'cancelled', ['clean-up']],
  ['elsewhere', 'changed', 'settling', []],
  ['elsewhere', 'free', 'queued', []],
  ['elsewhere', 'removed', 'cancelled', ['clean-up']],
  ['speaking', 'changed', 'speaking', ['stop']],
  ['speaking', 'removed', 'speaking', ['stop']],
  ['speaking', 'held', 'speaking', ['stop']],
  ['speaking', 'spoken', 'delivering', []],
  ['speaking', 'finished', 'delivered', ['remove-rejection', 'remember']],
  ['speaking', 'failed', 'needs-you', ['schedule-retry']],
  ['speaking', 'stopped', 'queued', []],
  ['delivering', 'changed', 'delivering', ['stop']],
  ['delivering', 'removed', 'delivering', ['stop']],
  ['delivering', 'held', 'delivering', ['stop']],
  ['delivering', 'finished', 'delivered', ['remove-rejection', 'remember']],
  ['delivering', 'failed', 'needs-you', ['schedule-retry']],
  ['delivering', 'stopped', 'queued', []],
  ['delivered', 'changed', 'settling', []],
  ['delivered', 'removed', 'cancelled', ['clean-up']],
  ['rejected', 'changed', 'settling', []],
  ['rejected', 'removed', 'cancelled', ['clean-up']],
  ['needs-you', 'changed', 'settling', []],
  ['needs-you', 'retry', 'queued', []],
  ['needs-you', 'removed', 'cancelled', ['clean-up']],
  ['cancelled', 'changed', 'settling', []],
];

describe('the life of a dropped book', () => {
  it.each(ARROWS)('%s, %s → %s', (from, what, target, actions) => {
    const step = transition(ALL_STATES[from], ALL_HAPPENINGS[what]);
    expect(step.state.name).toBe(target);
    expect(step.actions).toEqual(actions);
  });

  it('changes nothing by news that does not concern the state', () => {
    const drawn = new Set(ARROWS.map(([from, what]) => `${from} ${what}`));
    expect(Object.keys(ALL_STATES).sort()).toEqual([...STATE_NAMES].sort());
    for (const state of Object.values(ALL_STATES)) {
      for (const happening of Object.values(ALL_HAPPENINGS)) {
        if (drawn.has(`${state.name} ${happening.type}`)) continue;
        expect(transition(state, happening), `${state.name} ${happening.type}`).toEqual({ state, actions: [] });
      }
    }
  });

  const after = (...types: BookEvent['type'][]): State =>
    types.reduce<State>((state, type) => transition(state, ALL_HAPPENINGS[type]).state, { name: 'speaking' });

  it.each([
    [['changed', 'stopped'], { name: 'settling' }],
    // What is complete is not lost, but what the folder holds now is another book.
    [['changed', 'finished'], { name: 'settling' }],
    [['removed', 'stopped'], { name: 'cancelled' }],
    [['removed', 'finished'], { name: 'cancelled' }],
    [['removed', 'changed', 'stopped'], { name: 'settling' }],
    [['changed', 'removed', 'stopped'], { name: 'cancelled' }],
    [['removed', 'held', 'stopped'], { name: 'cancelled' }],
    [['held', 'stopped'], { name: 'paused', hold: 'outage' }],
    [['held', 'finished'], { name: 'delivered' }],
    [['held', 'changed', 'stopped'], { name: 'settling' }],
    [['changed', 'held', 'stopped'], { name: 'settling' }],
    [['changed', 'failed'], { name: 'settling' }],
    [['changed', 'spoken', 'finished'], { name: 'settling' }],
    [['spoken', 'changed', 'finished'], { name: 'settling' }],
  ] as [BookEvent['type'][], State][])('a run that is asked to stop: %j → %j', (types, state) => {
    expect(after(...types)).toEqual(state);
  });
});
