import * as z from 'zod';

/** Request shapes and constraints of the SSM API model (2014-11-06), for the operations that are served here. */
const INSTANCE_ID = /^(i-(\w{8}|\w{17})|mi-\w{17})$/;
const MOST_INSTANCES = 50;
const instanceId = z.string().regex(INSTANCE_ID);
const instanceIds = z.array(instanceId).max(MOST_INSTANCES);
const commandId = z.string().length(36);
const pageSize = z.int().min(1).max(50).default(50);
const nextToken = z.string().optional();

const targetSchema = z.object({
  Key: z
    .string()
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|^resource-groups:ResourceTypeFilters$|^resource-groups:Name$/u)
    .min(1)
    .max(163),
  Values: z.array(z.string()).max(50),
});

export type SsmTarget = z.output<typeof targetSchema>;

export const sendCommandRequest = z.object({
  DocumentName: z.string().regex(/^[a-zA-Z0-9_\-.:/]{3,128}$/),
  DocumentVersion: z
    .string()
    .regex(/^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$/)
    .default('$DEFAULT'),
  InstanceIds: instanceIds.default([]),
  Targets: z.array(targetSchema).max(5).default([]),
  TimeoutSeconds: z.int().min(30).max(2_592_000).default(3_600),
  Comment: z.string().max(100).default(''),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  MaxConcurrency: z
    .string()
    .regex(/^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/)
    .max(7)
    .default('50'),
  MaxErrors: z
    .string()
    .regex(/^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/)
    .max(7)
    .default('0'),
});
export type SendCommandRequest = z.output<typeof sendCommandRequest>;

export const cancelCommandRequest = z.object({ CommandId: commandId, InstanceIds: instanceIds.default([]) });

export const getCommandInvocationRequest = z.object({
  CommandId: commandId,
  InstanceId: instanceId,
  PluginName: z.string().min(4).optional(),
});

const commandFilters = z
  .array(z.object({ key: z.string(), value: z.string().min(1) }))
  .min(1)
  .max(5)
  .optional();

export const listCommandsRequest = z.object({
  CommandId: commandId.optional(),
  InstanceId: instanceId.optional(),
  MaxResults: pageSize,
  NextToken: nextToken,
  Filters: commandFilters,
});
export type ListCommandsRequest = z.output<typeof listCommandsRequest>;

export const listCommandInvocationsRequest = listCommandsRequest.extend({ Details: z.boolean().default(false) });
export type ListCommandInvocationsRequest = z.output<typeof listCommandInvocationsRequest>;

export const describeInstanceInformationRequest = z.object({
  Filters: z.array(z.object({ Key: z.string().min(1), Values: z.array(z.string().min(1)).min(1).max(100) })).optional(),
  InstanceInformationFilterList: z
    .array(z.object({ key: z.string(), valueSet: z.array(z.string().min(1)).min(1).max(100) }))
    .optional(),
  MaxResults: z.int().min(5).max(50).default(10),
  NextToken: nextToken,
});
export type DescribeInstanceInformationRequest = z.output<typeof describeInstanceInformationRequest>;
