import { namesQuerySchema, removeQuerySchema } from '../library-requests.ts';
import { pageSchemaOf } from '../pages.ts';
import { pageQuerySchema } from '../requests.ts';
import {
  putTargetSetRequestSchema,
  targetSetChangeSchema,
  targetSetPutSchema,
  targetSetQuerySchema,
  targetSetRemovedSchema,
  targetSetSummarySchema,
  targetSetViewSchema,
} from '../target-views.ts';
import { type ApiRoute, change, read } from './api-route.ts';

/** Endpoints about target sets. */
export const targetRoutes = {
  listTargetSets: {
    ...read,
    path: '/v1/targets',
    tag: 'nodes',
    summary: 'List the target sets by name',
    query: namesQuerySchema,
    answer: pageSchemaOf(targetSetSummarySchema),
  },
  viewTargetSet: {
    ...read,
    path: '/v1/targets/{set}',
    tag: 'nodes',
    summary: 'Show a revision of a target set',
    query: targetSetQuerySchema,
    answer: targetSetViewSchema,
    tagged: true,
  },
  putTargetSet: {
    ...change,
    method: 'put',
    path: '/v1/targets/{set}',
    tag: 'nodes',
    summary: 'Make a target set, or change what it says; what it says already is no new revision',
    body: putTargetSetRequestSchema,
    answer: targetSetPutSchema,
  },
  removeTargetSet: {
    ...change,
    method: 'delete',
    path: '/v1/targets/{set}',
    tag: 'nodes',
    summary: 'Remove a target set; its revisions stay readable. The answer says which stored jobs name it',
    query: removeQuerySchema,
    answer: targetSetRemovedSchema,
  },
  listTargetSetChanges: {
    ...read,
    path: '/v1/targets/{set}/changes',
    tag: 'nodes',
    summary: 'List the revisions of a target set, newest first',
    query: pageQuerySchema,
    answer: pageSchemaOf(targetSetChangeSchema),
  },
} as const satisfies Record<string, ApiRoute>;
