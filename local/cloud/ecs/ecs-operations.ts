import type { EngineDeps } from '../provider/engine-deps.ts';
import type { EcsOperation } from './acs-dialect.ts';
import { describeOperations } from './describe-operations.ts';
import type { EcsEngine } from './engine.ts';
import type { FileJournal } from './file-journal.ts';
import { fileOperations } from './file-operations.ts';
import { instanceOperations } from './instance-operations.ts';
import { runOperations } from './run-operations.ts';

/** What the operations of the ECS API work on. */
export interface EcsParts {
  readonly engine: EcsEngine;
  readonly files: FileJournal;
  readonly instancesDir: string;
}

/** The operations of Alibaba Cloud ECS that the local cloud serves. */
export const ecsOperations = (
  { engine, files, instancesDir }: EcsParts,
  deps: EngineDeps,
): Readonly<Record<string, EcsOperation>> => ({
  ...runOperations(engine, deps),
  ...describeOperations(engine, deps),
  ...instanceOperations(engine, deps),
  ...fileOperations(files, deps, instancesDir),
});
