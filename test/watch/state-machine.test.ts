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
  paused: { name: 'paused', reason: 'pause-file' },
  elsewhere: { name: 'elsewhere' },
  speaking: { name: 'speaking' },
  delivering: { name: 'delivering' },
  delivered: { name: 'delivered' },
  rejected: { name: 'rejected' },
  'needs-you': { name: 'needs-you', reason: 'why' },
  cancelled: { name: 'cancelled' },
};
const ALL_EVENTS: Record<BookEvent['type'], BookEvent> = {
  scanned: { type: 'scanned' },
  changed: { type: 'changed' },
  settled: { type: 'settled' },
  incomplete: { type: 'incomplete', missing: ['b.txt'] },
  invalid: { type: 'invalid' },
  valid: { type: 'valid' },
  'already-delivered': { type: 'already-delivered' },
  paused: { type: 'paused', reason: 'outage' },
  resumed: { type: 'resumed' },
  'approval-needed': { type: 'approval-needed', price },
  approved: { type: 'approved' },
  'claimed-elsewhere': { type: 'claimed-elsewhere' },
  'claim-released': { type: 'claim-released' },
  started: { type: 'started' },
  spoken: { type: 'spoken' },
  finished: { type: 'finished' },
  failed: { type: 'failed', reason: 'broken' },
  stopped: { type: 'stopped' },
  retry: { type: 'retry' },
  removed: { type: 'removed' },
};

/** Every transition: from, event, to, actions. Any other event must change nothing. */
const ARROWS: [State['name'], BookEvent['type'], State['name'], Action[]][] = [
  ['seen', 'scanned', 'settling', []],
  ['seen', 'changed', 'settling', []],
  ['seen', 'removed', 'cancelled', ['clean-up']],
  ['settling', 'settled', 'settling', ['check']],
  ['settling', 'incomplete', 'waiting-files', []],
  ['settling', 'invalid', 'rejected', ['write-rejection']],
  ['settling', 'failed', 'needs-you', ['schedule-retry']],
  ['settling', 'already-delivered', 'delivered', ['remove-rejection', 'remember']],
  ['settling', 'valid', 'queued', ['remove-rejection']],
  ['settling', 'removed', 'cancelled', ['clean-up']],
  ['waiting-files', 'changed', 'settling', []],
  ['waiting-files', 'settled', 'waiting-files', ['check']],
  ['waiting-files', 'incomplete', 'waiting-files', []],
  ['waiting-files', 'invalid', 'rejected', ['write-rejection']],
  ['waiting-files', 'already-delivered', 'delivered', ['remove-rejection', 'remember']],
  ['waiting-files', 'failed', 'needs-you', ['schedule-retry']],
  ['waiting-files', 'valid', 'queued', ['remove-rejection']],
  ['waiting-files', 'removed', 'cancelled', ['clean-up']],
  ['queued', 'changed', 'settling', []],
  ['queued', 'incomplete', 'waiting-files', []],
  ['queued', 'invalid', 'rejected', ['write-rejection']],
  ['queued', 'already-delivered', 'delivered', ['remove-rejection', 'remember']],
  ['queued', 'failed', 'needs-you', ['schedule-retry']],
  ['queued', 'paused', 'paused', []],
  ['queued', 'claimed-elsewhere', 'elsewhere', []],
  ['queued', 'approval-needed', 'waiting-approval', []],
  ['paused', 'approval-needed', 'waiting-approval', []],
  ['queued', 'started', 'speaking', ['remove-rejection']],
  ['queued', 'removed', 'cancelled', ['clean-up']],
  ['waiting-approval', 'changed', 'settling', []],
  ['waiting-approval', 'approved', 'queued', []],
  ['waiting-approval', 'approval-needed', 'waiting-approval', []],
  ['waiting-approval', 'removed', 'cancelled', ['clean-up']],
  ['paused', 'changed', 'settling', []],
  ['paused', 'resumed', 'queued', []],
  ['paused', 'paused', 'paused', []],
  ['paused', 'already-delivered', 'delivered', ['remove-rejection', 'remember']],
  ['paused', 'removed', 'cancelled', ['clean-up']],
  ['elsewhere', 'changed', 'settling', []],
  ['elsewhere', 'claim-released', 'queued', []],
  ['elsewhere', 'removed', 'cancelled', ['clean-up']],
  ['speaking', 'changed', 'speaking', ['stop']],
  ['speaking', 'removed', 'speaking', ['stop']],
  ['speaking', 'paused', 'speaking', ['stop']],
  ['speaking', 'spoken', 'delivering', []],
  ['speaking', 'finished', 'delivered', ['remove-rejection', 'remember']],
  ['speaking', 'failed', 'needs-you', ['schedule-retry']],
  ['speaking', 'stopped', 'queued', []],
  ['delivering', 'changed', 'delivering', ['stop']],
  ['delivering', 'removed', 'delivering', ['stop']],
  ['delivering', 'paused', 'delivering', ['stop']],
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
    const step = transition(ALL_STATES[from], ALL_EVENTS[what]);
    expect(step.state.name).toBe(target);
    expect(step.actions).toEqual(actions);
  });

  it('ignores events that do not concern the state', () => {
    const drawn = new Set(ARROWS.map(([from, what]) => `${from} ${what}`));
    expect(Object.keys(ALL_STATES).sort()).toEqual([...STATE_NAMES].sort());
    for (const state of Object.values(ALL_STATES)) {
      for (const event of Object.values(ALL_EVENTS)) {
        if (drawn.has(`${state.name} ${event.type}`)) continue;
        expect(transition(state, event), `${state.name} ${event.type}`).toEqual({ state, actions: [] });
      }
    }
  });

  const after = (...types: BookEvent['type'][]): State =>
    types.reduce<State>((state, type) => transition(state, ALL_EVENTS[type]).state, { name: 'speaking' });

  it.each([
    [['changed', 'stopped'], { name: 'settling' }],
    // The complete book is not lost, but the folder now contains another one.
    [['changed', 'finished'], { name: 'settling' }],
    [['removed', 'stopped'], { name: 'cancelled' }],
    [['removed', 'finished'], { name: 'cancelled' }],
    [['removed', 'changed', 'stopped'], { name: 'settling' }],
    [['changed', 'removed', 'stopped'], { name: 'cancelled' }],
    [['removed', 'paused', 'stopped'], { name: 'cancelled' }],
    [['paused', 'stopped'], { name: 'paused', reason: 'outage' }],
    [['paused', 'finished'], { name: 'delivered' }],
    [['paused', 'changed', 'stopped'], { name: 'settling' }],
    [['changed', 'paused', 'stopped'], { name: 'settling' }],
    [['changed', 'failed'], { name: 'settling' }],
    [['changed', 'spoken', 'finished'], { name: 'settling' }],
    [['spoken', 'changed', 'finished'], { name: 'settling' }],
  ] as [BookEvent['type'][], State][])('a run that is asked to stop: %j → %j', (types, state) => {
    expect(after(...types)).toEqual(state);
  });
});
