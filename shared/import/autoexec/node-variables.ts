import type { OldOperation } from './old-flow.ts';
import { escapeTemplate } from './reference-parts.ts';

/** Variables of the node and the run that the old system gave to every tool, as templates. A runner was the pseudo-node `local`, port 0. */
export const nodeVariables = (operation: OldOperation): ReadonlyMap<string, string> => {
  const onRunner = operation.kind === 'runner';
  return new Map([
    ['NODE_HOST', onRunner ? 'local' : '${{ node.host }}'],
    ['NODE_PORT', onRunner ? '0' : '${{ node.port }}'],
    ['NODE_NAME', onRunner ? 'local' : '${{ node.name }}'],
    ['AUTOEXEC_JOBID', '${{ run.id }}'],
    ['AUTOEXEC_PHASE_NAME', escapeTemplate(operation.phaseName)],
    ['OPERATION_ID', escapeTemplate(operation.opId)],
    ['GROUP_NO', escapeTemplate(operation.groupNo)],
  ]);
};
