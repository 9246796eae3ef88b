import type { ApiServices } from '#functions/api/services.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { someNodes, startTestSystem } from './system.ts';

/** A fleet that a test can run jobs on. */
export interface OpenFleet {
  readonly services: ApiServices;
  /** The run as it stands when nothing is under way any more. */
  ended(runId: RunId): Promise<RunView>;
  close(): Promise<void>;
}

/** Hosts `h-1`, `h-2` … with the tag role=h, and a runner named `runner`. */
export const openFleet = async ({ hosts }: { readonly hosts: number }): Promise<OpenFleet> => {
  const runner = someNodes('aws', 'runner', 1, { name: 'runner', tags: { drover: 'runner' } });
  const system = await startTestSystem([...someNodes('aws', 'h', hosts), ...runner]);
  return {
    services: system.services,
    ended: async (runId) => {
      await system.engine.idle();
      return system.services.viewRun(runId);
    },
    close: system.close,
  };
};
