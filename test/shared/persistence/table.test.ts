import { describe, expect, it } from 'vitest';
import { createTableInput } from '#shared/persistence/table.ts';

describe('definition of the table', () => {
  it('defines every key it names', () => {
    const input = createTableInput('x');
    const keys = [input.KeySchema, ...input.GlobalSecondaryIndexes.map((index) => index.KeySchema)].flat();
    expect(keys.map((key) => key.AttributeName)).toEqual(['pk', 'sk', 'gsi1pk', 'gsi1sk']);
    expect(input.AttributeDefinitions.map((one) => one.AttributeName)).toEqual(['pk', 'sk', 'gsi1pk', 'gsi1sk']);
  });
});
