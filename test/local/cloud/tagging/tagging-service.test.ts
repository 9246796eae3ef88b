import { GetResourcesCommand, paginateGetResources } from '@aws-sdk/client-resource-groups-tagging-api';
import { expect, test } from 'vitest';
import { instanceIdFor, parseFleet } from '#local/cloud/fleet.ts';
import { AWS_REGION, aliyun, aws, fleetOf, refusal, startCloud, taggingClient } from '../harness.ts';

test('tells the tags of the instances of a region, the name among them', async () => {
  const fleet = fleetOf(
    aws('a', 'account: "111122223333", tags: {app: shop}'),
    aws('b'),
    aliyun('c'),
    'name: d, cloud: aws, region: us-east-1',
  );
  const cloud = await startCloud({ fleet });
  const get = (more: object) =>
    taggingClient(cloud.taggingEndpoint).send(
      new GetResourcesCommand({ ResourceTypeFilters: ['ec2:instance'], ...more }),
    );
  const { ResourceTagMappingList, PaginationToken } = await get({
    TagFilters: [{ Key: 'app', Values: ['shop', 'bank'] }],
  });
  expect(ResourceTagMappingList).toEqual([
    {
      ResourceARN: `arn:aws:ec2:${AWS_REGION}:111122223333:instance/${instanceIdFor('aws', 'a')}`,
      Tags: [
        { Key: 'Name', Value: 'a' },
        { Key: 'app', Value: 'shop' },
      ],
    },
  ]);
  expect(PaginationToken).toBe('');
  expect((await get({})).ResourceTagMappingList).toHaveLength(2);
  expect((await get({ ResourceTypeFilters: ['s3'] })).ResourceTagMappingList).toEqual([]);
  expect((await get({ TagFilters: [{ Key: 'Name' }] })).ResourceTagMappingList).toHaveLength(2);
  expect(await refusal(get({ ResourcesPerPage: 101 }))).toBe('ValidationException');
  expect(await refusal(get({ PaginationToken: 'bogus' }))).toBe('PaginationTokenExpiredException');
});

test('pages through a large fleet', async () => {
  const fleet = parseFleet(
    `generate: [{count: 250, name: 'web-{n}', cloud: aws, region: ${AWS_REGION}}]`,
    'fleet.yaml',
  );
  const cloud = await startCloud({ fleet });
  const sizes: number[] = [];
  const pages = paginateGetResources(
    { client: taggingClient(cloud.taggingEndpoint), pageSize: 100 },
    { ResourcesPerPage: 100 },
  );
  for await (const page of pages) sizes.push(page.ResourceTagMappingList!.length);
  expect(sizes).toEqual([100, 100, 50]);
});
