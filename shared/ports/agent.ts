import type { AgentKind, Placement } from '../model/node.ts';
import type { Shell } from '../script/interpreters.ts';

/** What an agent can take in one call. */
export interface AgentLimits {
  /** Instances per invocation. */
  readonly instances: number;
  /** Bytes of wrapper, script and values together, before the cloud's own encoding. */
  readonly scriptBytes: number;
  /** Bytes of output text that the wrapper may print so that nothing of it is dropped on the way. */
  readonly textBytes: number;
}

/** Account and region of a call: every call goes to exactly one. */
export interface AgentScope {
  readonly account?: string;
  readonly region: string;
}

/** One sending of a script to instances of one account and region. */
export interface SendRequest extends AgentScope {
  /** Our own id; carried in SSM's Comment and Aliyun's ClientToken, so that `find` can look it up. At most 64 ASCII characters. */
  readonly invocationId: string;
  /** At most `limits.instances`, without repeats. */
  readonly instanceIds: readonly string[];
  /** The rendered wrapper. */
  readonly script: string;
  /** What the agents run it with; all the instances have it. `sh` when absent. */
  readonly shell?: Shell;
  /** True when the script holds the literal that the agent replaces by the instance id (Aliyun). */
  readonly needsInstanceId: boolean;
  /** Time for the script and what the wrapper does after it; the agent's own limit is set above it, so that the wrapper's ends first. */
  readonly timeoutSeconds: number;
  /** Time for the agent to fetch it; a node that did not is undeliverable. */
  readonly deliveryTimeoutSeconds: number;
}

/** An instance that the agent refused; nothing ran on it. */
export interface Refusal {
  readonly instanceId: string;
  readonly reason: string;
  readonly rawStatus: string;
}

/** What came of a sending. One bad instance never fails the others: it is validated away, the rest is sent again. */
export interface SendReceipt {
  /** Absent when every instance was refused. */
  readonly agentInvocationId?: string;
  readonly refusals: readonly Refusal[];
}

/**
 * What an agent says of one instance, in our words. `waiting`: the agent on the instance has not taken it as far as the cloud says
 * (Pending, Delayed, Scheduled); `running` covers everything else that is not at its end.
 */
export interface InstanceReport {
  readonly instanceId: string;
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'timedOut' | 'undeliverable' | 'cancelled' | 'error';
  readonly rawStatus: string;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What the script printed, as far as the agent returned it; null while it is not at its end. */
  readonly text: string | null;
  /** Bytes that the agent dropped from the text; 0 when complete, null when it does not say. */
  readonly droppedBytes: number | null;
}

/** Names a sent invocation at its agent. */
export interface AgentInvocation extends AgentScope {
  readonly agentInvocationId: string;
  readonly instanceIds: readonly string[];
}

/** Whether an instance's agent answers now. A hint: it lags by minutes on both clouds. */
export interface Reach {
  readonly instanceId: string;
  readonly online: boolean;
  readonly agentVersion?: string;
  readonly lastSeenAt?: string;
}

/** A small file for one or more instances. */
export interface PushFileRequest extends AgentScope {
  readonly invocationId: string;
  readonly instanceIds: readonly string[];
  /** Absolute path on the node. */
  readonly path: string;
  /** At most 24,576 bytes. */
  readonly content: Uint8Array;
  /** Octal, such as `0644`. */
  readonly mode: string;
  readonly overwrite: boolean;
}

/**
 * The clouds' agents behind one port. Implementations turn raw statuses into ours by one table, chunk by their limits, survive throttling
 * (jittered back-off, honouring retry-after) and translate failures of the call itself:
 * `agent.throttled` (gave up), `agent.unavailable` (network, 5xx; the call may have taken effect), `agent.refused`, `agent.quota-exceeded`.
 */
export interface Agent {
  readonly kind: AgentKind;
  readonly limits: AgentLimits;
  /** Sends. Not safe to repeat blindly on every cloud: after `agent.unavailable` call `find` first. */
  send(request: SendRequest): Promise<SendReceipt>;
  /** Looks a sending up by our id, for the time after a crash between call and write. `since` is RFC 3339. */
  find(query: AgentScope & { readonly invocationId: string; readonly since: string }): Promise<string | undefined>;
  /** One report per instance that the agent knows of; a fresh invocation may still be unknown: empty. */
  look(invocation: AgentInvocation): Promise<readonly InstanceReport[]>;
  /** Asks the agent to stop; best effort, idempotent. */
  cancel(invocation: AgentInvocation): Promise<void>;
  reach(query: AgentScope & { readonly instanceIds: readonly string[] }): Promise<readonly Reach[]>;
  /**
   * Sends once more, to some of its instances, what an invocation sent. Only of an agent that does not run a script again by itself after a
   * reboot that the script asked for. Safe to repeat: the same
   * invocation and instances make the same sending. The id in the receipt is that of the whole from then on, all sendings in it.
   */
  sendAgain?(invocation: AgentInvocation): Promise<SendReceipt>;
  /** Writes a small file on the nodes. Returns the agent's id of that sending, to `look` at. */
  pushFile(request: PushFileRequest): Promise<SendReceipt>;
}

/** Agents by kind. */
export type Agents = Readonly<Record<AgentKind, Agent>>;

/** What planning needs of the agents: nothing that calls a cloud. */
export type PlanningAgents = Readonly<Record<AgentKind, Pick<Agent, 'limits'>>>;

/** The scope of a placement. */
export const scopeOf = (placement: Pick<Placement, 'account' | 'region'>): AgentScope => ({
  ...(placement.account === undefined ? {} : { account: placement.account }),
  region: placement.region,
});
