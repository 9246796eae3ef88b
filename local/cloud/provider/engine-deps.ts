import type { Executor } from '../executor/executor.ts';
import type { Faults } from '../fault-plan.ts';
import type { SecretOf } from '../secrets/secret-stores.ts';
import type { InstanceAgents } from './agents.ts';
import type { EventBus } from './event-bus.ts';
import type { Inventory } from './inventory.ts';
import type { Journal } from './journal.ts';
import type { OutputStore } from './output-store.ts';

/** What the two engines (SSM, Cloud Assistant) stand on. */
export interface EngineDeps {
  readonly inventory: Inventory;
  readonly agents: InstanceAgents;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly outputs: OutputStore;
  readonly faults: Faults;
  readonly events: EventBus;
  readonly perInstanceEvents: boolean;
  readonly clock: () => number;
  /** A new random UUID each time. */
  readonly uuid: () => string;
  /** Search path of the commands. */
  readonly path: string;
  /** PowerShell on this machine; without it no instance runs PowerShell scripts. */
  readonly powershell: string | undefined;
  /** What the clouds' stores of secrets hold. */
  readonly secretOf: SecretOf;
  /** Users that exist on the instances. */
  readonly users: readonly string[];
}

/** Results kept; older commands are forgotten, as the clouds forget after 30 days. */
export const KEPT_RESULTS = 100_000;
