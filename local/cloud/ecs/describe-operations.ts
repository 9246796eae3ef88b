import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import type { Caller } from '../provider/inventory.ts';
import { offsetOf, type Page, pageOf } from '../provider/paging.ts';
import type { EcsOperation } from './acs-dialect.ts';
import type { EcsEngine } from './engine.ts';
import type { EcsInvocationState } from './invocation.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { invocationView, resultView, statusOf, type ViewOptions } from './views.ts';

const PAGE = { min: 1, max: 50, absent: 10 } as const;

/** The operations that tell what became of invocations. */
export const describeOperations = (engine: EcsEngine, deps: EngineDeps): Readonly<Record<string, EcsOperation>> => {
  const options = (parameters: RpcParameters): ViewOptions => ({
    base64: parameters.text('ContentEncoding')?.toLowerCase() !== 'plaintext',
    outputs: deps.outputs,
  });
  const visible = (parameters: RpcParameters, caller: Caller): readonly EcsInvocationState[] =>
    invocationsOf(engine, parameters, caller).filter((state) => !deps.faults.hides(state.invocation.invokeId));
  return {
    DescribeInvocations: (parameters, caller) => {
      const withOutput = parameters.flag('IncludeOutput');
      if (withOutput && parameters.text('InvokeId') === undefined && parameters.text('InstanceId') === undefined) {
        throw new CloudFault('MissingParam.InvokeId', 'IncludeOutput needs InvokeId or InstanceId.');
      }
      const found = visible(parameters, caller).filter((state) => matchesInvocation(state, parameters));
      const page = pageFor(found, parameters, PAGE);
      const view = (state: EcsInvocationState) => invocationView(state, options(parameters), withOutput);
      return { Invocations: { Invocation: page.items.map(view) }, NextToken: page.nextToken, TotalCount: found.length };
    },
    DescribeInvocationResults: (parameters, caller) => {
      const instanceId = parameters.text('InstanceId');
      const wanted = parameters.text('InvokeRecordStatus');
      const rows = visible(parameters, caller).flatMap(({ invocation, results }) =>
        [...results.values()]
          .filter((result) => instanceId === undefined || result.instanceId === instanceId)
          .map((result) => ({ invocation, result })),
      );
      const legacy = (row: (typeof rows)[number]) =>
        resultView(row.invocation, row.result, options(parameters)).InvokeRecordStatus;
      const found = wanted === undefined ? rows : rows.filter((row) => legacy(row) === wanted);
      const page = pageFor(found, parameters, PAGE);
      const items = page.items.map(({ invocation, result }) => resultView(invocation, result, options(parameters)));
      // The token is inside Invocation here, not beside it.
      return {
        Invocation: {
          InvocationResults: { InvocationResult: items },
          NextToken: page.nextToken,
          TotalCount: found.length,
        },
      };
    },
  };
};

/** One page as NextToken and MaxResults of the call ask for. */
export const pageFor = <T>(
  all: readonly T[],
  parameters: RpcParameters,
  bounds: { readonly min: number; readonly max: number; readonly absent: number },
): Page<T> => {
  const offset = offsetOf(parameters.text('NextToken'));
  if (offset === undefined) throw new CloudFault('InvalidParameter.NextToken', 'The specified NextToken is not valid.');
  return pageOf(all, offset, parameters.integer('MaxResults', bounds));
};

/** Newest first; one look-up where the invocation is named. */
const invocationsOf = (engine: EcsEngine, parameters: RpcParameters, caller: Caller): readonly EcsInvocationState[] => {
  const id = parameters.text('InvokeId');
  const one = id === undefined ? undefined : engine.invocations.get(id);
  const all = id === undefined ? [...engine.invocations.values()].reverse() : one === undefined ? [] : [one];
  const commandId = parameters.text('CommandId');
  return all.filter(
    ({ invocation }) =>
      invocation.region === caller.region && (commandId === undefined || invocation.command.commandId === commandId),
  );
};

const matchesInvocation = (state: EcsInvocationState, parameters: RpcParameters): boolean => {
  const { command } = state.invocation;
  const instanceId = parameters.text('InstanceId');
  const equals = (name: string, value: string): boolean => (parameters.text(name) ?? value) === value;
  return (
    (instanceId === undefined || state.results.has(instanceId)) &&
    equals('CommandName', command.name) &&
    equals('CommandType', command.type) &&
    equals('InvokeStatus', statusOf(state))
  );
};
