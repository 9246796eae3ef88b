import * as z from 'zod';
import { interpreters } from '../model/operation.ts';

/** What becomes of an operation on nodes, as far as it is known before the run. */
export const scriptStates = ['runs', 'depends', 'skipped', 'fails'] as const;
export type ScriptState = (typeof scriptStates)[number];

/** Nodes that get the same values of an operation. */
export const scriptVariantSchema = z.object({
  /** `depends`: the nodes themselves decide whether it runs. */
  state: z.enum(scriptStates),
  /** Why it is not `runs`. */
  reason: z.string().optional(),
  nodeCount: z.int().min(1),
  /** Names of the first few of them. */
  nodes: z.array(z.string()),
  /** Variables that the job sets. A secret is shown as `<reference>`, what only the run knows as it is written: `${{ outputs.df.free }}`. */
  env: z.record(z.string(), z.string()),
  args: z.array(z.string()),
});
export type ScriptVariant = z.infer<typeof scriptVariantSchema>;

/** The script of an operation, and which values go with it on which nodes. */
export const plannedScriptSchema = z.object({
  group: z.string(),
  phase: z.string(),
  operation: z.string(),
  interpreter: z.enum(interpreters),
  /** The first 4,000 characters. */
  script: z.string(),
  /** Bytes of the whole script. */
  scriptBytes: z.int().min(0),
  /** The variants with the most nodes, at most twenty. */
  variants: z.array(scriptVariantSchema),
  variantCount: z.int().min(0),
});
export type PlannedScript = z.infer<typeof plannedScriptSchema>;
