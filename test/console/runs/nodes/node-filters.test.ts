import { describe, expect, it } from 'vitest';
import { filterQuery, isCalled, readFilters, toggled, withParams } from '#console/runs/nodes/node-filters.ts';

const address = (text: string) => new URLSearchParams(text);

describe('filters in an address', () => {
  it('are read, without what is not known', () => {
    expect(readFilters(address('status=failed,lost,failed,bogus&phase=stop&name=web'))).toEqual({
      statuses: ['failed', 'lost'],
      phase: 'stop',
      name: 'web',
    });
    expect(readFilters(address(''))).toEqual({ statuses: [], phase: undefined, name: '' });
  });

  it('are changed one by one, and leave the address when they are empty', () => {
    const before = address('status=failed&node=i-1');
    expect(withParams(before, { status: '', phase: 'stop' }).toString()).toBe('node=i-1&phase=stop');
    expect(withParams(before, { node: undefined }).toString()).toBe('status=failed');
    expect(before.toString()).toBe('status=failed&node=i-1');
  });

  it('are what the server is asked', () => {
    expect(filterQuery(readFilters(address('status=failed&phase=stop&name=web')))).toEqual({
      status: ['failed'],
      phase: 'stop',
    });
    expect(filterQuery(readFilters(address('name=web')))).toEqual({});
  });

  it('find parts of names and ids, whatever the case', () => {
    const node = { name: 'Shop-Web-1', nodeId: 'i-0abc' };
    expect([isCalled(node, ''), isCalled(node, ' web '), isCalled(node, '0ABC'), isCalled(node, 'db')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('come and go', () => {
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
    expect(toggled(['b'], 'a')).toEqual(['b', 'a']);
  });
});
