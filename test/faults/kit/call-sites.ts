import { AsyncLocalStorage } from 'node:async_hooks';

/** How a chain of calls began: a task of the workflow, a request of an operator, an agent's event. */
export type Origin = 'task' | 'request' | 'event';

/**
 * A call under way. Its site is the way to it from what began the chain: `collectResults a1-g0-s0-p0-x0-b0.o0.t0 #2 > store.putResults#1 >
 * table.BatchWriteItem#1` is the first such write of the first `putResults` of the second time that this invocation was looked at. So it
 * names the same place in every run of the same job, whatever else goes on at that time.
 */
export interface CallSite {
  readonly site: string;
  /** Name of the call alone, such as `table.BatchWriteItem`. */
  readonly name: string;
  /** What began the chain; undefined for calls that nothing watched began. */
  readonly origin: Origin | undefined;
  /** Site of what began the chain. */
  readonly root: string;
  /** True once a watched call was made inside of it. */
  readonly isOuter: () => boolean;
}

/** The shared limits of calls are read past the store that is watched. */
const isRateRead = ({ name, site }: Pick<CallSite, 'name' | 'site'>): boolean =>
  name === 'table.Query' && !site.includes('> store.');

/** What one chain reads here all others of the process wait for that need it too: it dies with the process, not with the chain. */
export const isSharedRead = (call: Pick<CallSite, 'name' | 'site'>): boolean =>
  call.name === 'blobs.get' || call.site.includes('> inventory.list#') || isRateRead(call);

interface Frame {
  readonly call: CallSite;
  readonly countInner: (name: string) => number;
}

/** Names calls by the way to them. */
export interface CallSites {
  /** The site of a chain that begins now. */
  begin(origin: Origin, name: string): CallSite;
  /** The site of a call that is made now, inside of whatever is under way. */
  inner(name: string): CallSite;
  /** Runs something inside of a call. */
  inside<T>(call: CallSite, run: () => T): T;
}

const counter = (): ((name: string) => number) => {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
};

/** Sites of one run of a job; chains are counted over all incarnations of the process. */
export const createCallSites = (): CallSites => {
  const frames = new AsyncLocalStorage<Frame>();
  const countRoots = counter();
  const opened = new WeakMap<CallSite, Frame>();
  const open = (call: Omit<CallSite, 'isOuter'>): CallSite => {
    const countInner = counter();
    let outer = false;
    const site: CallSite = { ...call, isOuter: () => outer };
    const frame: Frame = {
      call: site,
      countInner: (name) => {
        outer = true;
        return countInner(name);
      },
    };
    opened.set(site, frame);
    return site;
  };
  return {
    begin: (origin, name) => {
      const site = `${name} #${countRoots(name)}`;
      return open({ site, root: site, name: name.split(' ')[0] ?? name, origin });
    },
    inner: (name) => {
      const parent = frames.getStore();
      const count = parent ? parent.countInner(name) : countRoots(name);
      const step = `${name}#${count}`;
      return open({
        site: parent ? `${parent.call.site} > ${step}` : step,
        root: parent?.call.root ?? step,
        name,
        origin: parent?.call.origin,
      });
    },
    inside: (call, run) => {
      const frame = opened.get(call);
      if (!frame) throw new Error(`Call ${call.site} was never opened`);
      return frames.run(frame, run);
    },
  };
};
