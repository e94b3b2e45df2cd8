import { expect, it } from 'vitest';
import { reviewJsonSchema } from '../../src/review/json-schema.ts';

it('is the file in schema/; after a change: npx vitest run test/review/json-schema.test.ts -u', async () => {
  await expect(`${JSON.stringify(reviewJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/review.schema.json',
  );
});
