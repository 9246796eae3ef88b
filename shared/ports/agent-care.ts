import type { AgentKind } from '../model/node.ts';
import type { AgentScope } from './agent.ts';

/** Agents of one account and region that something is to be done about. */
export interface CareRequest extends AgentScope {
  /** At most {@link AgentCare.instances}, without repeats. */
  readonly instanceIds: readonly string[];
  /** Whether instances may be restarted, where a new agent begins only then. */
  readonly reboot: boolean;
}

/** What came of it on one instance. */
export interface CareResult {
  readonly instanceId: string;
  /** True when the cloud would not do it. */
  readonly refused: boolean;
  /** A clause: `the update was sent as command …`. */
  readonly says: string;
}

/** What a cloud can do about its agents by itself. Doing it twice does no harm. */
export interface AgentCare {
  /** Instances of one request. */
  readonly instances: number;
  /**
   * Alibaba Cloud: installs its agent. AWS: brings the agent up to date.
   * @throws AppError `agent.throttled`, `agent.unavailable`, `agent.refused`, `agent.unknown-placement`
   */
  bring(request: CareRequest): Promise<readonly CareResult[]>;
}

export type AgentCares = Readonly<Record<AgentKind, AgentCare>>;
