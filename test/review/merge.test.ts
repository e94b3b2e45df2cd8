/** Review files merged decision by decision: by the program, and by git. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatReview } from '../../src/review/format.ts';
import { mergeReviews } from '../../src/review/merge.ts';
import { parseReview } from '../../src/review/parse.ts';
import type { Review } from '../../src/review/review.ts';
import { decision, reviewOf } from './decisions.ts';

describe('merge', () => {
  it('keeps what each side decided about its lines', () => {
    const base = reviewOf(decision('1:1', { take: 2 }), decision('1:2', { pause: 1 }));
    const ours = reviewOf(decision('1:1', { take: 3 }), decision('1:2', { pause: 1 }), decision('2:1', { take: 2 }));
    const theirs = reviewOf(decision('1:1', { take: 2, comments: [{ text: 'Good.' }] }), decision('3:1', { take: 4 }));
    expect(mergeReviews(base, ours, theirs)).toEqual({
      conflicts: [],
      review: reviewOf(
        decision('1:1', { take: 3, comments: [{ text: 'Good.' }] }),
        decision('2:1', { take: 2 }),
        decision('3:1', { take: 4 }),
      ),
    });
  });

  it('reports a field that both changed, and keeps a decision that one removed and the other changed', () => {
    const base = reviewOf(decision('1:1', { take: 2 }), decision('1:2', { take: 2 }));
    const ours = reviewOf(decision('1:1', { take: 3 }));
    const theirs = reviewOf(decision('1:1', { take: 4 }), decision('1:2', { take: 5 }));
    const { review, conflicts } = mergeReviews(base, ours, theirs);
    expect(conflicts).toEqual([{ at: '1:1', field: 'take', ours: 3, theirs: 4 }]);
    expect(review.lines.map(({ take }) => take)).toEqual([3, 5]);
  });

  it('joins comments and unknown fields of both', () => {
    const with_ = (text: string, more: object): Review =>
      reviewOf(decision('1:1', { comments: [{ text: 'old' }, { text }], more: { ...more } }));
    const base = reviewOf(decision('1:1', { comments: [{ text: 'old' }] }));
    const { review, conflicts } = mergeReviews(base, with_('a', { x: 1 }), with_('b', { y: 2 }));
    expect(conflicts).toEqual([]);
    expect(review.lines[0]).toMatchObject({
      comments: [{ text: 'old' }, { text: 'a' }, { text: 'b' }],
      more: { x: 1, y: 2 },
    });
  });
});

describe('git merge', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** Merges two branches that changed one file; returns it as git leaves it. */
  function merged(base: Review, ours: Review, theirs: Review): { isClean: boolean; text: string } {
    const folder = mkdtempSync(join(tmpdir(), 'review-git-'));
    folders.push(folder);
    const git = (...args: string[]): void => {
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false'];
      execFileSync('git', [...who, ...args], {
        cwd: folder,
        stdio: 'ignore',
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      });
    };
    const path = join(folder, 'book.yaml.review');
    const commit = (review: Review): void => {
      writeFileSync(path, formatReview(review, { chapterNumbers: [1, 2, 3] }));
      git('add', '.');
      git('commit', '-m', 'x');
    };
    git('init', '-b', 'main');
    commit(base);
    git('checkout', '-b', 'other');
    commit(theirs);
    git('checkout', 'main');
    commit(ours);
    let isClean = true;
    try {
      git('merge', 'other');
    } catch {
      isClean = false;
    }
    return { isClean, text: readFileSync(path, 'utf8') };
  }
  const read = (text: string) => parseReview({ file: 'book.yaml.review', bytes: Buffer.from(text) });
  const lines = (text: string) => read(text).review?.lines.map(({ at, take, pause }) => [at, take ?? pause]);

  it('merges decisions about different lines by itself, from an empty file too', () => {
    const many = ['1:3', '1:9', '2:4', '3:5'].map((at) => decision(at, { take: 2 }));
    const first = merged(
      reviewOf(...many),
      reviewOf(...many, decision('1:5', { take: 3 }), decision('2:5', { pause: 1 })),
      reviewOf(
        ...many.slice(1),
        decision('1:3', { take: 4 }),
        decision('2:2', { take: 3 }),
        decision('3:7', { take: 5 }),
      ),
    );
    expect(first.isClean).toBe(true);
    expect(read(first.text).diagnostics).toEqual([]);
    expect(lines(first.text)).toEqual([
      ['1:3', 4],
      ['1:5', 3],
      ['1:9', 2],
      ['2:2', 3],
      ['2:4', 2],
      ['2:5', 1],
      ['3:5', 2],
      ['3:7', 5],
    ]);
    const fromNothing = merged(
      reviewOf(),
      reviewOf(decision('1:5', { take: 2 })),
      reviewOf(decision('3:2', { take: 3 })),
    );
    expect(fromNothing.isClean).toBe(true);
    expect(lines(fromNothing.text)).toEqual([
      ['1:5', 2],
      ['3:2', 3],
    ]);
  });

  it('leaves markers where two decisions become neighbors; both count, and only a contradiction is an error', () => {
    const neighbors = merged(
      reviewOf(),
      reviewOf(decision('1:5', { take: 2 })),
      reviewOf(decision('1:6', { take: 2 })),
    );
    expect(neighbors.isClean).toBe(false);
    expect(lines(neighbors.text)).toEqual([
      ['1:5', 2],
      ['1:6', 2],
    ]);
    expect(read(neighbors.text).diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning review-merged',
    ]);
    const contradiction = merged(
      reviewOf(decision('1:5', { take: 2 })),
      reviewOf(decision('1:5', { take: 3 })),
      reviewOf(decision('1:5', { take: 4 })),
    );
    expect(read(contradiction.text).review).toBeUndefined();
    expect(read(contradiction.text).diagnostics[0]?.message).toBe(
      'Both versions of this review file decide about 1:5: take 3 or 4.',
    );
  });
});
