import { DEFAULT_ACCOUNT, type Fleet, type FleetInstance } from '../fleet.ts';

/** Whose call it is: the region it goes to and the access key it is signed with. */
export interface Caller {
  readonly region: string;
  readonly accessKeyId: string;
}

/**
 * The fleet as a caller sees it. An access key that equals an account of the fleet, or the account of instances that name none, sees that account
 * only; any other key sees all.
 */
export class Inventory {
  readonly #byId: ReadonlyMap<string, FleetInstance>;
  readonly #byRegion = new Map<string, FleetInstance[]>();
  readonly #accounts: ReadonlySet<string>;

  constructor(fleet: Fleet) {
    this.#byId = new Map(fleet.instances.map((instance) => [instance.id, instance]));
    this.#accounts = new Set([DEFAULT_ACCOUNT, ...fleet.instances.map((instance) => instance.account)]);
    for (const instance of [...fleet.instances].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const key = `${instance.cloud} ${instance.region}`;
      const list = this.#byRegion.get(key);
      if (list === undefined) this.#byRegion.set(key, [instance]);
      else list.push(instance);
    }
  }

  /** The instances of a region, ordered by id. */
  list(cloud: FleetInstance['cloud'], caller: Caller): readonly FleetInstance[] {
    const all = this.#byRegion.get(`${cloud} ${caller.region}`) ?? [];
    return this.#accounts.has(caller.accessKeyId) ? all.filter(({ account }) => this.sees(caller, account)) : all;
  }

  /** Whether the key of a caller reaches what is in an account. */
  sees({ accessKeyId }: Caller, account: string): boolean {
    return !this.#accounts.has(accessKeyId) || accessKeyId === account;
  }

  find(cloud: FleetInstance['cloud'], caller: Caller, id: string): FleetInstance | undefined {
    const instance = this.#byId.get(id);
    if (instance === undefined || instance.cloud !== cloud || instance.region !== caller.region) return undefined;
    return this.sees(caller, instance.account) ? instance : undefined;
  }

  /** An instance of any cloud, for one that a journal names: it may have left the fleet since. */
  byId(id: string): FleetInstance | undefined {
    return this.#byId.get(id);
  }
}

/** Tags of an instance as the clouds show them: its name is a tag too on AWS. */
export const awsTags = (instance: FleetInstance): Readonly<Record<string, string>> => ({
  Name: instance.name,
  ...instance.tags,
});
