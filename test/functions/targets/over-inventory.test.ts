import { describe, expect, it } from 'vitest';
import { overInventory } from '#functions/targets/over-inventory.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { InventoryReading } from '#shared/ports/services.ts';
import { host } from '#test/kit/rig.ts';

/** An inventory whose kept reading has not got the latest node. */
const lagging = (asked: number[]) => ({
  list: async ({ maxAgeSeconds }: { readonly maxAgeSeconds: number }): Promise<InventoryReading> => {
    asked.push(maxAgeSeconds);
    const fresh = maxAgeSeconds === 0;
    const nodes = [host('i-1'), ...(fresh ? [host('i-2')] : [])];
    return { id: 'a'.repeat(64), nodes, readAt: '2026-01-02T03:04:05.000Z', fresh };
  },
});

const look =
  (id: string) =>
  ({ nodes }: InventoryReading) => {
    const value = nodes.find((node) => node.id === id)?.id;
    return { value, complete: value !== undefined };
  };

describe('looking for nodes in what is known of the clouds', () => {
  it('stays with a reading that has what is looked for', async () => {
    const asked: number[] = [];
    expect(await overInventory(lagging(asked), 60, look('i-1'))).toBe('i-1');
    expect(asked).toEqual([60]);
  });

  it('reads the clouds anew for what an earlier reading does not have', async () => {
    const asked: number[] = [];
    expect(await overInventory(lagging(asked), 60, look('i-2'))).toBe('i-2');
    expect(asked).toEqual([60, 0]);
  });

  it('takes what the new reading says, also when that is nothing', async () => {
    const asked: number[] = [];
    expect(await overInventory(lagging(asked), 60, look('i-3'))).toBeUndefined();
    expect(asked).toEqual([60, 0]);
  });

  it('does not read twice when it has just read', async () => {
    const asked: number[] = [];
    expect(await overInventory(lagging(asked), 0, look('i-3'))).toBeUndefined();
    expect(asked).toEqual([0]);
  });

  it.each(['plan.no-targets', 'plan.no-runner'] as const)('believes %s of a new reading only', async (code) => {
    const asked: number[] = [];
    const strict = (reading: InventoryReading) => {
      if (!reading.fresh) throw new AppError(code, 'not there');
      return look('i-2')(reading);
    };
    expect(await overInventory(lagging(asked), 60, strict)).toBe('i-2');
    expect(asked).toEqual([60, 0]);
  });

  it('does not ask again after a mistake that no reading mends', async () => {
    const asked: number[] = [];
    const wrong = () => {
      throw new AppError('expression.failed', 'no number');
    };
    await expect(overInventory(lagging(asked), 60, wrong)).rejects.toMatchObject({ code: 'expression.failed' });
    expect(asked).toEqual([60]);
  });
});
