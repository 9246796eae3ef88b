import type { Fields } from './fields.ts';
import type { NativeTool } from './native-tools.ts';

/** Where an operation runs. */
export type OperationKind = 'runner' | 'target' | 'runnerPerTarget';

/** An operation of the old job, before its values are carried over. */
export interface OldOperation {
  readonly fields: Fields;
  readonly opId: string;
  /** Its id in Drover. */
  readonly id: string;
  readonly opName: string | undefined;
  /** Undefined for kinds that cannot be carried over, which are reported when they are read. */
  readonly kind: OperationKind | undefined;
  /** Set for what Drover does itself; such an operation runs where its phase does. */
  readonly native: NativeTool | undefined;
  /** Steps of an IF-Block. */
  readonly steps: readonly OldOperation[];
  readonly otherSteps: readonly OldOperation[];
  /** True for steps of an IF-Block. */
  readonly inBlock: boolean;
  /** Names of its outputs that others refer to, as they were. */
  readonly usedOutputs: Set<string>;
  /** Declared outputs; undefined when the operation has none at all. Names that others refer to are added. */
  readonly outputs: Map<string, OldOutput> | undefined;
  readonly phaseName: string;
  /** Position of the phase in the whole job. */
  readonly phaseNumber: number;
  readonly groupNo: string;
  readonly inOneShotGroup: boolean;
  /** Position of the operation in the whole job. */
  readonly number: number;
}

/** A declared output. */
export interface OldOutput {
  readonly defaultText: string | undefined;
}

/** A phase of the old job. */
export interface OldPhase {
  readonly fields: Fields;
  /** Its name in Drover. */
  readonly name: string;
  readonly kind: OperationKind;
  readonly operations: readonly OldOperation[];
}

/** A group of the old job. */
export interface OldGroup {
  readonly fields: Fields;
  /** Its name in Drover. */
  readonly name: string;
  readonly grayScale: boolean;
  readonly phases: readonly OldPhase[];
}
