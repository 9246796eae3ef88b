import type { FleetInstance } from '../fleet.ts';
import type { Journal } from './journal.ts';

/** The latest agents that the clouds offer. */
export const LATEST_AGENT = { aws: '3.3.2299.0', aliyun: '2.2.3.1200' } as const;

/** What became of the agent of an instance, in the journal. */
export interface AgentRecord {
  readonly k: 'agent';
  /** The instance. */
  readonly t: string;
  /** `installed`: it begins with the next start of the instance. */
  readonly change: 'installed' | 'started' | 'updated';
}

/** The agents on the instances. The fleet file says how it began; what was installed and updated since then is in the journal. */
export class InstanceAgents {
  readonly #journal: Journal;
  readonly #changes = new Map<string, AgentRecord['change']>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** True for an instance on which no agent has begun. */
  isMissing({ id, behaviour }: FleetInstance): boolean {
    if (behaviour.noAgent !== true) return false;
    const change = this.#changes.get(id);
    return change === undefined || change === 'installed';
  }

  versionOf({ id, cloud, behaviour }: FleetInstance): string {
    return this.#changes.has(id) ? LATEST_AGENT[cloud] : (behaviour.agentVersion ?? LATEST_AGENT[cloud]);
  }

  /** Puts an agent on an instance that has none; one that has an agent stays as it is. */
  install(instance: FleetInstance): void {
    if (this.isMissing(instance)) this.#note({ k: 'agent', t: instance.id, change: 'installed' });
  }

  /** An instance was rebooted: what was installed begins. */
  restarted({ id }: FleetInstance): void {
    if (this.#changes.get(id) === 'installed') this.#note({ k: 'agent', t: id, change: 'started' });
  }

  updated({ id }: FleetInstance): void {
    this.#note({ k: 'agent', t: id, change: 'updated' });
  }

  replay({ t, change }: AgentRecord): void {
    this.#changes.set(t, change);
  }

  #note(record: AgentRecord): void {
    this.#journal.append(record);
    this.replay(record);
  }
}
