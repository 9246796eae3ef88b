import { type JobHistory, readJobHistory } from '#functions/records/job-history.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { type RunPlace, type RunPlacesDeps, runPlaces } from '#functions/records/run-places.ts';
import type { RetryRequest } from '#shared/contract/requests.ts';
import type { RetryPlace } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { nearestWord } from '#shared/expression/nearest-word.ts';
import type { PickedPlaces } from '#shared/model/places.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { explainingResult } from '#shared/plan/explaining-result.ts';
import { hintFor, isSelected, parseSelector, type SelectorTerm } from '#shared/plan/outcome-selector.ts';
import { checkSelection } from '#shared/plan/selection.ts';
import type { Blobs, Clock } from '#shared/ports/services.ts';
import { createOutputMatcher } from './output-matcher.ts';

/** What choosing needs. */
export interface ChoosePlacesDeps extends RunPlacesDeps {
  readonly json: Pick<JsonBlobs, 'job'>;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/**
 * The places that a retry runs: nodes in phases, chosen by what came of them after the last attempt that touched them, in the order of the
 * plan. A place whose operations are all done begins at the first again, as does every place with `force`; the others go on at their own next
 * operation.
 * @throws AppError `request.invalid` for a selector that is wrong, or names nodes that the run did not come to; `run.nothing-selected`
 */
export const choosePlaces = async (
  deps: ChoosePlacesDeps,
  run: RunRecord,
  { nodes, force, only }: Pick<RetryRequest, 'nodes' | 'force' | 'only'>,
): Promise<readonly RetryPlace[]> => {
  const terms = parseSelector(nodes);
  const jobs = await readJobHistory(deps.json, run);
  checkSelection(jobs.current, only);
  const matcher = createOutputMatcher(
    deps,
    terms.filter((term) => term.kind === 'output'),
  );
  const chosen: RetryPlace[] = [];
  const unknown = new Set(terms.flatMap((term) => (term.kind === 'node' ? [term.name] : [])));
  const known = new Set<string>();
  for await (const place of runPlaces(deps, run, jobs, only)) {
    if (unknown.size > 0) known.add(place.node.name).add(place.node.id);
    const isMeant = meant(terms, place) || (await matcher.matches(place.results));
    if (!isMeant) continue;
    unknown.delete(place.node.id);
    unknown.delete(place.node.name);
    chosen.push(viewOf(place, force));
  }
  refuseUnknown(run, unknown, known);
  if (chosen.length === 0)
    throw new AppError('run.nothing-selected', `No node of run ${run.runId} is ${nodes}`, {
      hint: `See how they stand with: drover run nodes ${run.runId}`,
    });
  return inPlanOrder(jobs, chosen);
};

const meant = (terms: readonly SelectorTerm[], { entry, node, results }: RunPlace): boolean => {
  const { status } = entry;
  const exitCode = explainingResult(status, results)?.outcome.exitCode ?? null;
  return terms.some((term) => isSelected(term, { status, exitCode, node }) === true);
};

const viewOf = ({ place, slice, node, entry, results }: RunPlace, force: boolean): RetryPlace => {
  const { status } = entry;
  const fromFirst = force || !entry.goesOn || status === 'succeeded' || status === 'skipped';
  return {
    nodeId: node.id,
    name: node.name,
    group: place.group.name,
    phase: place.phase.name,
    round: slice.round,
    status,
    exitCode: explainingResult(status, results)?.outcome.exitCode ?? null,
    operation: place.phase.operations[fromFirst ? 0 : entry.nextOperation]?.id ?? '',
    fromFirst,
  };
};

const refuseUnknown = ({ runId }: RunRecord, unknown: ReadonlySet<string>, known: ReadonlySet<string>): void => {
  const [first] = unknown;
  if (first === undefined) return;
  const nearest = nearestWord(first, known);
  throw new AppError('request.invalid', `Run ${runId} has come to no node '${first}'`, {
    places: [...unknown].slice(0, 50).map((name) => ({ path: '/nodes', message: `'${name}' is no node of the run` })),
    hint:
      hintFor(first) ??
      (nearest === undefined ? `See its nodes with: drover run nodes ${runId}` : `Did you mean '${nearest}'?`),
  });
};

const inPlanOrder = (jobs: JobHistory, chosen: readonly RetryPlace[]): readonly RetryPlace[] => {
  const rank = new Map(
    jobs.current.spec.groups.flatMap((group, g) =>
      group.phases.map((phase, p): [string, readonly number[]] => [`${group.name}\n${phase.name}`, [g, p]]),
    ),
  );
  const orderOf = (one: RetryPlace) => rank.get(`${one.group}\n${one.phase}`) ?? [0, 0];
  return chosen.toSorted((a, b) => {
    const [[ag = 0, ap = 0], [bg = 0, bp = 0]] = [orderOf(a), orderOf(b)];
    return ag - bg || ap - bp || a.round - b.round || (a.nodeId < b.nodeId ? -1 : 1);
  });
};

/** What was chosen, as an attempt keeps it. */
export const picksOf = (chosen: readonly RetryPlace[]): PickedPlaces =>
  [...Map.groupBy(chosen, ({ group, phase, round }) => JSON.stringify([group, phase, round])).values()].flatMap(
    (all) => {
      const [first] = all;
      if (first === undefined) return [];
      const { group, phase, round } = first;
      const ids = (some: readonly RetryPlace[]) => some.map(({ nodeId }) => nodeId);
      return [{ group, phase, round, nodes: ids(all), fromFirst: ids(all.filter(({ fromFirst }) => fromFirst)) }];
    },
  );
