import { isAppError } from '#shared/errors/app-error.ts';
import { type AutoexecImport, type AutoexecInput, importAutoexec } from '#shared/import/autoexec/import-autoexec.ts';
import type { Operation } from '#shared/model/job.ts';
import { type InventoryNode, inventoryNodeSchema } from '#shared/model/node.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** An operation of the old format that runs `true` on targets; `fields` replace or add. */
export const oldOperation = (fields: JsonObject = {}): JsonObject => ({
  opId: 'a_1',
  opName: 'a',
  opType: 'target',
  isScript: 1,
  interpreter: 'sh',
  scriptContent: 'true\n',
  ...fields,
});

export const oldPhase = (phaseName: string, operations: readonly Json[], fields: JsonObject = {}): JsonObject => ({
  phaseName,
  operations,
  ...fields,
});

export const oldGroup = (phases: readonly Json[], fields: JsonObject = {}): JsonObject => ({
  groupNo: 0,
  execStrategy: 'oneShot',
  phases,
  ...fields,
});

/** A tool of the old engine; scripts have other fields. */
export const oldNative = (opName: string, fields: JsonObject = {}): JsonObject => ({
  opId: `${opName.split('/').at(-1)}_1`,
  opName,
  opType: 'native',
  ...fields,
});

/** An IF-Block. */
export const oldBlock = (condition: string, steps: readonly Json[], more: JsonObject = {}): JsonObject =>
  oldNative('native/IF-Block', { opId: 'if_1', condition, if: steps, ...more });

/** A job of one group `g` and one phase `p` with the given operations. */
export const oldJob = (operations: readonly Json[], fields: JsonObject = {}): JsonObject => ({
  runFlow: [oldGroup([oldPhase('p', operations)])],
  ...fields,
});

/** Imports a job given as an object, without nodes. */
export const importJob = (job: Json, more: Partial<AutoexecInput> = {}): AutoexecImport =>
  importAutoexec({ params: { text: JSON.stringify(job, null, 2), fileName: 'params.json' }, inventory: [], ...more });

/** The operations of an imported job, in order. */
export const operationsOf = ({ job }: AutoexecImport): readonly Operation[] =>
  job.spec.groups.flatMap((group) => group.phases.flatMap((phase) => phase.operations));

/** The only operation of a job that has one. */
export const onlyOperation = (imported: AutoexecImport): Operation => {
  const [operation, ...rest] = operationsOf(imported);
  if (operation === undefined || rest.length > 0) throw new Error('expected one operation');
  return operation;
};

/** The notices, as `path: message` lines. */
export const noticeLines = (imported: AutoexecImport): readonly string[] =>
  imported.notices.map(({ path, message }) => `${path}: ${message}`);

/** The code and places of the AppError that an import throws. */
export const importError = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { code: error.code, places: error.places, hint: error.hint, message: error.message };
  }
  throw new Error('expected the import to fail');
};

/** An instance of the inventory. */
export const instance = (
  fields: Partial<Record<keyof InventoryNode, unknown>> & { readonly id: string },
): InventoryNode =>
  inventoryNodeSchema.parse({
    name: fields.id,
    host: `host-of-${fields.id}`,
    agent: 'aws',
    region: 'eu-central-1',
    instanceId: fields.id,
    online: true,
    ...fields,
  });
