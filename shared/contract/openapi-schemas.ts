import * as z from 'zod';
import { commandSchema } from '../model/command.ts';
import { jobSchema } from '../model/job.ts';
import { inventoryNodeSchema } from '../model/node.ts';
import { runPlanSchema } from '../plan/run-plan.ts';
import { completeFileRequestSchema, fileOfferSchema, fileViewSchema, offerFileRequestSchema } from './file-requests.ts';
import { applyJobRequestSchema, putCommandRequestSchema } from './library-requests.ts';
import {
  commandChangeSchema,
  commandPutSchema,
  commandSummarySchema,
  commandViewSchema,
  jobAppliedSchema,
  jobChangeSchema,
  jobSummarySchema,
  jobViewSchema,
  removedSchema,
} from './library-views.ts';
import { breakLockRequestSchema, brokenViewSchema, budgetViewSchema, putBudgetRequestSchema } from './lock-views.ts';
import { runMapSchema } from './map-views.ts';
import { problemSchema } from './problem.ts';
import {
  abortRequestSchema,
  continueRequestSchema,
  controlRequestSchema,
  ignoreRequestSchema,
  narrowingSchema,
  resetRequestSchema,
  retryRequestSchema,
  runRequestSchema,
} from './requests.ts';
import {
  nodeRowSchema,
  outputMatchSchema,
  outputPageSchema,
  resultViewSchema,
  retryPreviewSchema,
  runJobViewSchema,
  runSummarySchema,
  runViewSchema,
} from './run-views.ts';
import {
  firingViewSchema,
  previewScheduleRequestSchema,
  putScheduleRequestSchema,
  scheduleControlRequestSchema,
  schedulePreviewSchema,
  scheduleSummarySchema,
  scheduleViewSchema,
} from './schedule-views.ts';
import { type JsonObject, tidySchema } from './tidy-schema.ts';

const requestSchemas = {
  Job: jobSchema,
  // The request itself leaves the job to the job reader, whose errors are better; the document says what that reader takes.
  RunRequest: runRequestSchema.extend({ job: z.union([jobSchema, z.string()]) }),
  Command: commandSchema,
  PutCommandRequest: putCommandRequestSchema.extend({ command: commandSchema }),
  ApplyJobRequest: applyJobRequestSchema.extend({ job: jobSchema }),
  ContinueRequest: continueRequestSchema,
  ControlRequest: controlRequestSchema,
  AbortRequest: abortRequestSchema,
  RetryRequest: retryRequestSchema,
  IgnoreRequest: ignoreRequestSchema,
  ResetRequest: resetRequestSchema,
  Narrowing: narrowingSchema,
  BreakLockRequest: breakLockRequestSchema,
  PutBudgetRequest: putBudgetRequestSchema,
  PutScheduleRequest: putScheduleRequestSchema,
  PreviewScheduleRequest: previewScheduleRequestSchema,
  ScheduleControlRequest: scheduleControlRequestSchema,
  OfferFileRequest: offerFileRequestSchema,
  CompleteFileRequest: completeFileRequestSchema,
};

const answerSchemas = {
  RunView: runViewSchema,
  RunSummary: runSummarySchema,
  NodeRow: nodeRowSchema,
  RunMap: runMapSchema,
  ResultView: resultViewSchema,
  RetryPreview: retryPreviewSchema,
  RunJobView: runJobViewSchema,
  OutputPage: outputPageSchema,
  OutputMatch: outputMatchSchema,
  RunPlan: runPlanSchema,
  InventoryNode: inventoryNodeSchema,
  CommandView: commandViewSchema,
  CommandSummary: commandSummarySchema,
  CommandChange: commandChangeSchema,
  CommandPut: commandPutSchema,
  JobView: jobViewSchema,
  JobSummary: jobSummarySchema,
  JobChange: jobChangeSchema,
  JobApplied: jobAppliedSchema,
  Removed: removedSchema,
  BrokenLocks: brokenViewSchema,
  BudgetView: budgetViewSchema,
  ScheduleView: scheduleViewSchema,
  ScheduleSummary: scheduleSummarySchema,
  SchedulePreview: schedulePreviewSchema,
  Firing: firingViewSchema,
  FileOffer: fileOfferSchema,
  FileView: fileViewSchema,
  Problem: problemSchema,
};

const uri = (id: string): string => `#/components/schemas/${id}`;

const registryOf = (schemas: Readonly<Record<string, z.ZodType>>) => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  return registry;
};

const componentsOf = (schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): JsonObject => {
  const { __shared: _shared, ...named } = z.toJSONSchema(registryOf(schemas), { io, uri }).schemas;
  return tidySchema(named);
};

/** Every named schema of the API, for `components.schemas`. */
export const componentSchemas = (): JsonObject => ({
  ...componentsOf(requestSchemas, 'input'),
  ...componentsOf(answerSchemas, 'output'),
});

const refs: ReadonlyMap<z.ZodType, JsonObject> = new Map<z.ZodType, JsonObject>([
  [runRequestSchema, { $ref: uri('RunRequest') }],
  [putCommandRequestSchema, { $ref: uri('PutCommandRequest') }],
  [applyJobRequestSchema, { $ref: uri('ApplyJobRequest') }],
  ...Object.entries({ ...requestSchemas, ...answerSchemas }).map(
    ([id, schema]) => [schema, { $ref: uri(id) }] as const,
  ),
]);

const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonObject =>
  tidySchema({ ...z.toJSONSchema(schema, { io }) });

/** A schema as a reference to its component, or written out when it is none; a page is written out around its items. */
export const schemaRef = (schema: z.ZodType): JsonObject => {
  const ref = refs.get(schema);
  if (ref !== undefined) return ref;
  const items = schema instanceof z.ZodObject ? schema.shape['items'] : undefined;
  if (!(items instanceof z.ZodArray) || !(items.element instanceof z.ZodType)) return jsonSchemaOf(schema, 'output');
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items: schemaRef(items.element) },
      cursor: { type: 'string', description: 'Where the next page starts; absent on the last page. Opaque.' },
    },
    required: ['items'],
  };
};

/** The schemas of an object's properties as a caller sends them, by name. */
export const propertySchemas = (object: z.ZodObject): Readonly<Record<string, JsonObject>> =>
  Object.fromEntries(
    Object.entries(object.shape).map(([name, schema]) => [
      name,
      schema instanceof z.ZodType ? jsonSchemaOf(schema, 'input') : {},
    ]),
  );
