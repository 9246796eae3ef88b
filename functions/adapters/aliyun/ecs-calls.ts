import { DescribeCloudAssistantStatusRequest } from '@alicloud/ecs20140526/dist/models/DescribeCloudAssistantStatusRequest.js';
import { DescribeInstancesRequest } from '@alicloud/ecs20140526/dist/models/DescribeInstancesRequest.js';
import { DescribeInvocationResultsRequest } from '@alicloud/ecs20140526/dist/models/DescribeInvocationResultsRequest.js';
import { DescribeInvocationsRequest } from '@alicloud/ecs20140526/dist/models/DescribeInvocationsRequest.js';
import { DescribeSendFileResultsRequest } from '@alicloud/ecs20140526/dist/models/DescribeSendFileResultsRequest.js';
import { InstallCloudAssistantRequest } from '@alicloud/ecs20140526/dist/models/InstallCloudAssistantRequest.js';
import { RebootInstancesRequest } from '@alicloud/ecs20140526/dist/models/RebootInstancesRequest.js';
import { RunCommandRequest } from '@alicloud/ecs20140526/dist/models/RunCommandRequest.js';
import { SendFileRequest } from '@alicloud/ecs20140526/dist/models/SendFileRequest.js';
import { StopInvocationRequest } from '@alicloud/ecs20140526/dist/models/StopInvocationRequest.js';
import type { z } from 'zod';
import {
  assistantStatusReply,
  emptyReply,
  instancesReply,
  invocationResultsReply,
  invocationsReply,
  invokeReply,
  rebootReply,
  sendFileResultsReply,
} from './ecs-replies.ts';
import type { RpcTransport } from './rpc-transport.ts';

/** A page of a listing. */
export interface PageFields {
  readonly maxResults?: number;
  /** Of the page before; absent for the first one. */
  readonly nextToken?: string;
}

export interface RunCommandFields {
  readonly type: 'RunShellScript' | 'RunPowerShellScript';
  readonly commandContent: string;
  readonly contentEncoding: 'Base64';
  readonly instanceId: readonly string[];
  readonly timeout: number;
  readonly name: string;
  readonly clientToken: string;
  readonly terminationMode: 'ProcessTree';
  readonly keepCommand: boolean;
  readonly enableParameter?: boolean;
}

export interface SendFileFields {
  readonly name: string;
  readonly targetDir: string;
  readonly content: string;
  readonly contentType: 'Base64';
  readonly instanceId: readonly string[];
  readonly fileMode: string;
  readonly overwrite: boolean;
  readonly timeout: number;
  readonly clientToken: string;
}

export interface InvocationFields extends PageFields {
  readonly invokeId: string;
}

/** The calls of ECS that Drover makes, in one account and region. They throw what Alibaba Cloud's client throws, and ZodError. */
export interface EcsCalls {
  runCommand(fields: RunCommandFields): Promise<z.infer<typeof invokeReply>>;
  sendFile(fields: SendFileFields): Promise<z.infer<typeof invokeReply>>;
  stopInvocation(fields: {
    readonly invokeId: string;
    readonly instanceId: readonly string[];
  }): Promise<z.infer<typeof emptyReply>>;
  describeInvocations(
    fields: PageFields & {
      readonly commandName?: string;
      readonly invokeId?: string;
      readonly contentEncoding?: 'Base64';
    },
  ): Promise<z.infer<typeof invocationsReply>>;
  describeInvocationResults(
    fields: InvocationFields & { readonly contentEncoding: 'Base64' },
  ): Promise<z.infer<typeof invocationResultsReply>>;
  describeSendFileResults(fields: InvocationFields): Promise<z.infer<typeof sendFileResultsReply>>;
  installCloudAssistant(fields: { readonly instanceId: readonly string[] }): Promise<z.infer<typeof emptyReply>>;
  rebootInstances(fields: {
    readonly instanceId: readonly string[];
    readonly batchOptimization: 'SuccessFirst';
  }): Promise<z.infer<typeof rebootReply>>;
  /** `instanceIds` is a JSON array of at most 100 ids. */
  describeInstances(fields: PageFields & { readonly instanceIds?: string }): Promise<z.infer<typeof instancesReply>>;
  describeCloudAssistantStatus(
    fields: PageFields & { readonly instanceId?: readonly string[] },
  ): Promise<z.infer<typeof assistantStatusReply>>;
}

/** A request of the SDK: knows the wire names of its fields. */
interface RequestModel {
  validate(): void;
  toMap(): Readonly<Record<string, unknown>>;
}

/** The calls over a transport. Requests are the SDK's own models; answers are checked as they come from outside. */
export const createEcsCalls = (regionId: string, transport: RpcTransport): EcsCalls => {
  const caller =
    <Reply extends z.ZodType>(
      action: string,
      Request: new (fields: Record<string, unknown>) => RequestModel,
      reply: Reply,
    ) =>
    async (fields: object): Promise<z.output<Reply>> => {
      const request = new Request({ regionId, ...fields });
      request.validate();
      return reply.parse(await transport(action, request.toMap()));
    };
  return {
    runCommand: caller('RunCommand', RunCommandRequest, invokeReply),
    sendFile: caller('SendFile', SendFileRequest, invokeReply),
    stopInvocation: caller('StopInvocation', StopInvocationRequest, emptyReply),
    describeInvocations: caller('DescribeInvocations', DescribeInvocationsRequest, invocationsReply),
    describeInvocationResults: caller(
      'DescribeInvocationResults',
      DescribeInvocationResultsRequest,
      invocationResultsReply,
    ),
    describeSendFileResults: caller('DescribeSendFileResults', DescribeSendFileResultsRequest, sendFileResultsReply),
    installCloudAssistant: caller('InstallCloudAssistant', InstallCloudAssistantRequest, emptyReply),
    rebootInstances: caller('RebootInstances', RebootInstancesRequest, rebootReply),
    describeInstances: caller('DescribeInstances', DescribeInstancesRequest, instancesReply),
    describeCloudAssistantStatus: caller(
      'DescribeCloudAssistantStatus',
      DescribeCloudAssistantStatusRequest,
      assistantStatusReply,
    ),
  };
};
