import * as z from 'zod';
import type { FleetInstance } from '../fleet.ts';
import { type AwsService, readAws } from '../provider/aws-dialect.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import { awsTags, type Caller, type Inventory } from '../provider/inventory.ts';
import { offsetOf, pageOf } from '../provider/paging.ts';

/** Request shape and limits of GetResources (Resource Groups Tagging API reference). */
const getResourcesRequest = z.object({
  PaginationToken: z.string().optional(),
  TagFilters: z
    .array(z.object({ Key: z.string().min(1).max(128), Values: z.array(z.string().max(256)).max(20).default([]) }))
    .max(50)
    .default([]),
  ResourceTypeFilters: z.array(z.string().max(256)).max(100).default([]),
  ResourcesPerPage: z.int().min(1).max(100).default(50),
  ResourceARNList: z.array(z.string()).min(1).max(100).optional(),
});
type GetResourcesRequest = z.output<typeof getResourcesRequest>;

const arnOf = ({ region, account, id }: FleetInstance): string => `arn:aws:ec2:${region}:${account}:instance/${id}`;

/** The Resource Groups Tagging API, as far as it tells of instances. */
export const taggingService = (inventory: Inventory): AwsService => ({
  signingName: 'tagging',
  operations: { GetResources: (input, caller) => getResources(readAws(getResourcesRequest, input), caller, inventory) },
});

const getResources = (request: GetResourcesRequest, caller: Caller, inventory: Inventory): object => {
  const offset = offsetOf(request.PaginationToken);
  if (offset === undefined) throw new CloudFault('PaginationTokenExpiredException', 'The token is not valid.');
  const wantsInstances =
    request.ResourceTypeFilters.length === 0 ||
    request.ResourceTypeFilters.some((type) => type === 'ec2' || type === 'ec2:instance');
  const arns = request.ResourceARNList === undefined ? undefined : new Set(request.ResourceARNList);
  const found = wantsInstances
    ? inventory
        .list('aws', caller)
        .filter((instance) => hasTags(instance, request) && (arns?.has(arnOf(instance)) ?? true))
    : [];
  const page = pageOf(found, offset, request.ResourcesPerPage);
  return {
    PaginationToken: page.nextToken,
    ResourceTagMappingList: page.items.map((instance) => ({
      ResourceARN: arnOf(instance),
      Tags: Object.entries(awsTags(instance)).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
};

/** Keys must all be there; the values of a key are alternatives, and no values means any. */
const hasTags = (instance: FleetInstance, request: GetResourcesRequest): boolean =>
  request.TagFilters.every(({ Key, Values }) => {
    const value = awsTags(instance)[Key];
    return value !== undefined && (Values.length === 0 || Values.includes(value));
  });
