/** Neither an SSM command id (a UUID) nor an Aliyun invoke id (`t-…`, `f-…`) holds it. */
const separator = '+';

/**
 * One id for a sending that took several calls of the agent, which happens when the cloud refuses a batch without saying which instance
 * is to blame, and when a file goes to more instances than one call takes. The usual sending has one part, and its id is the agent's own.
 */
export const joinSentIds = (parts: readonly string[]): string | undefined =>
  parts.length === 0 ? undefined : parts.join(separator);

/** The agent's own ids in an id that {@link joinSentIds} made. */
export const splitSentIds = (agentInvocationId: string): readonly string[] =>
  agentInvocationId.split(separator).filter((part) => part !== '');
