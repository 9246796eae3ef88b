import { openGates } from '#shared/gate/gates-of-run.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { RunRecord } from '#shared/model/run.ts';

/** Gates that hold the whole run; those of operations hold only their batch. */
const holding: ReadonlySet<GateRecord['kind']> = new Set(['start', 'round', 'judge']);

/** True while a gate that holds the whole run is open. */
export const isHeldAtGate = ({ gates, attempts }: Pick<RunRecord, 'gates' | 'attempts'>): boolean =>
  openGates(gates).some(({ kind, attempt }) => holding.has(kind) && attempt === attempts.length);
