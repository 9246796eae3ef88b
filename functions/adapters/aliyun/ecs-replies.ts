import * as z from 'zod';

// Answers of ECS as they come over the wire (ECS API reference), as far as they are read. What may be absent has a default.

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const nextToken = text;
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).default([]);

/** RunCommand and SendFile. */
export const invokeReply = z.object({ InvokeId: z.string().min(1) });

export const emptyReply = z.object({});

/** RebootInstances: what came of each instance. */
export const rebootReply = z.object({
  InstanceResponses: z
    .object({ InstanceResponse: listOf(z.object({ InstanceId: z.string(), Code: text, Message: text })) })
    .default({ InstanceResponse: [] }),
});

/** An invocation, and what it ran. */
const invocationRow = z.object({
  InvokeId: z.string(),
  CommandName: text,
  CommandType: text,
  /** Base64, if asked for so. */
  CommandContent: text,
  Timeout: z
    .int()
    .nullish()
    .transform((value) => value ?? 0),
});

export const invocationsReply = z.object({
  Invocations: z.object({ Invocation: listOf(invocationRow) }).default({ Invocation: [] }),
  NextToken: nextToken,
});

const resultRow = z.object({
  InstanceId: z.string(),
  InvocationStatus: text,
  ExitCode: z.int().nullish(),
  Output: text,
  Dropped: z
    .int()
    .nullish()
    .transform((value) => value ?? 0),
  ErrorCode: text,
  ErrorInfo: text,
  StartTime: text,
  FinishedTime: text,
});
/** One instance of an invocation. */
export type ResultRow = z.infer<typeof resultRow>;

/** The token is inside Invocation here. */
export const invocationResultsReply = z.object({
  Invocation: z.object({
    InvocationResults: z.object({ InvocationResult: listOf(resultRow) }).default({ InvocationResult: [] }),
    NextToken: nextToken,
  }),
});

const fileRow = z.object({
  InstanceId: z.string(),
  InvocationStatus: text,
  ErrorCode: text,
  ErrorInfo: text,
  StartTime: text,
  FinishTime: text,
});
/** One instance that a file was sent to. */
export type FileRow = z.infer<typeof fileRow>;

export const sendFileResultsReply = z.object({
  Invocations: z
    .object({
      Invocation: listOf(
        z.object({ InvokeInstances: z.object({ InvokeInstance: listOf(fileRow) }).default({ InvokeInstance: [] }) }),
      ),
    })
    .default({ Invocation: [] }),
  NextToken: nextToken,
});

const addresses = z.object({ IpAddress: listOf(z.string()) }).default({ IpAddress: [] });

const instanceRow = z.object({
  InstanceId: z.string(),
  InstanceName: text,
  HostName: text,
  OSType: text,
  Status: text,
  Tags: z.object({ Tag: listOf(z.object({ TagKey: z.string(), TagValue: text })) }).default({ Tag: [] }),
  VpcAttributes: z.object({ PrivateIpAddress: addresses }).default({ PrivateIpAddress: { IpAddress: [] } }),
  InnerIpAddress: addresses,
  PublicIpAddress: addresses,
});
/** An instance. */
export type InstanceRow = z.infer<typeof instanceRow>;

export const instancesReply = z.object({
  Instances: z.object({ Instance: listOf(instanceRow) }).default({ Instance: [] }),
  NextToken: nextToken,
});

const assistantRow = z.object({
  InstanceId: z.string(),
  /** A string: `true` with a heartbeat within two minutes. */
  CloudAssistantStatus: text,
  CloudAssistantVersion: text,
  LastHeartbeatTime: text,
});
/** Cloud Assistant on an instance. */
export type AssistantRow = z.infer<typeof assistantRow>;

export const assistantStatusReply = z.object({
  InstanceCloudAssistantStatusSet: z
    .object({ InstanceCloudAssistantStatus: listOf(assistantRow) })
    .default({ InstanceCloudAssistantStatus: [] }),
  NextToken: nextToken,
});
