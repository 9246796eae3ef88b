import { groupOutputs } from '#shared/client/group-outputs.ts';
import type { NodeRow, ResultView, RunView } from '#shared/contract/run-views.ts';
import { type OutputLook, outputGroupText } from './output-text.ts';

/** What `-o json` prints; its fields are not renamed or removed. */
export const execReport = (view: RunView, results: readonly ResultView[], rows: readonly NodeRow[]) => ({
  runId: view.runId,
  status: view.status,
  groups: groupOutputs(results).map(({ nodes, status, exitCode, stdout, stderr }) => ({
    nodes,
    status,
    exitCode,
    stdout,
    stderr,
  })),
  nodes: rows.map(({ nodeId, name, status, exitCode, reason, durationMs }) => ({
    nodeId,
    name,
    status,
    exitCode,
    reason,
    durationMs,
  })),
});

/** Nodes that gave no result: their agent never took the command, or they were never started. */
const silentRows = (rows: readonly NodeRow[], results: readonly ResultView[]): readonly NodeRow[] => {
  const answered = new Set(results.map(({ nodeId }) => nodeId));
  return rows.filter(({ nodeId }) => !answered.has(nodeId));
};

/** The answers for a person: equal ones together, also of nodes that gave none; where there is no exit code, why. */
export const execText = (results: readonly ResultView[], rows: readonly NodeRow[], look: OutputLook): string => {
  const silent = silentRows(rows, results).map(({ name, status, reason }) => ({
    name,
    status,
    exitCode: null,
    stdout: '',
    stderr: reason ?? '',
  }));
  const told = results.map((result) => ({
    ...result,
    stderr: result.exitCode === null && result.stderr === '' ? (result.reason ?? '') : result.stderr,
  }));
  return groupOutputs([...told, ...silent])
    .map((group) => outputGroupText(group, look))
    .join('');
};
