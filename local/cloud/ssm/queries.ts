import { readAws } from '../provider/aws-dialect.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import type { Caller } from '../provider/inventory.ts';
import { offsetOf, pageOf } from '../provider/paging.ts';
import type { SsmCommandState } from './command.ts';
import type { SsmEngine } from './engine.ts';
import {
  getCommandInvocationRequest,
  type ListCommandsRequest,
  listCommandInvocationsRequest,
  listCommandsRequest,
} from './requests.ts';
import { isTerminal, type StatusPair } from './status.ts';
import { commandView, invocationDetail, invocationRow, pluginOf } from './views.ts';

const COMMAND_FILTERS = ['InvokedAfter', 'InvokedBefore', 'Status', 'DocumentName', 'ExecutionStage'];

/** The read operations of Run Command. */
export class SsmQueries {
  readonly #engine: SsmEngine;
  readonly #deps: EngineDeps;

  constructor(engine: SsmEngine, deps: EngineDeps) {
    this.#engine = engine;
    this.#deps = deps;
  }

  getCommandInvocation(input: unknown, caller: Caller): object {
    const request = readAws(getCommandInvocationRequest, input);
    const state = this.visible(request.CommandId, caller);
    const invocation = state?.invocations.get(request.InstanceId);
    if (state === undefined || invocation === undefined || this.#deps.faults.hides(request.CommandId)) {
      throw new CloudFault('InvocationDoesNotExist');
    }
    if (request.PluginName !== undefined && request.PluginName !== pluginOf(state.command))
      throw new CloudFault('InvalidPluginName');
    return invocationDetail(state.command, invocation, this.#deps.outputs);
  }

  listCommandInvocations(input: unknown, caller: Caller): object {
    const request = readAws(listCommandInvocationsRequest, input);
    checkFilters(request, COMMAND_FILTERS.slice(0, -1));
    const offset = readToken(request.NextToken);
    const rows = this.#commands(request, caller).flatMap((state) =>
      [...state.invocations.values()]
        .filter((invocation) => request.InstanceId === undefined || invocation.instanceId === request.InstanceId)
        .filter((invocation) => matchesStatus(request, invocation.pair))
        .map((invocation) => ({ state, invocation })),
    );
    const page = pageOf(rows, offset, request.MaxResults);
    const view = ({ state, invocation }: (typeof rows)[number]) =>
      invocationRow({
        command: state.command,
        invocation,
        instanceName: this.#deps.inventory.byId(invocation.instanceId)?.name ?? '',
        outputs: this.#deps.outputs,
        details: request.Details,
      });
    return { CommandInvocations: page.items.map(view), NextToken: page.nextToken };
  }

  listCommands(input: unknown, caller: Caller): object {
    const request = readAws(listCommandsRequest, input);
    checkFilters(request, COMMAND_FILTERS);
    const states = this.#commands(request, caller)
      .filter((state) => matchesStatus(request, state.status) && matchesStage(request, state))
      .filter((state) => request.InstanceId === undefined || state.invocations.has(request.InstanceId));
    const page = pageOf(states, readToken(request.NextToken), request.MaxResults);
    return { Commands: page.items.map(commandView), NextToken: page.nextToken };
  }

  /** A command of the caller's own region. */
  visible(commandId: string, caller: Caller): SsmCommandState | undefined {
    const state = this.#engine.commands.get(commandId);
    return state !== undefined && this.#sees(caller, state.command) ? state : undefined;
  }

  #sees(caller: Caller, { region, account }: SsmCommandState['command']): boolean {
    return region === caller.region && this.#deps.inventory.sees(caller, account);
  }

  /** Commands that the request is about and that are not too fresh to be seen, newest first. */
  #commands(request: ListCommandsRequest, caller: Caller): readonly SsmCommandState[] {
    const one = request.CommandId === undefined ? undefined : this.visible(request.CommandId, caller);
    const some =
      request.CommandId === undefined ? [...this.#engine.commands.values()].reverse() : one === undefined ? [] : [one];
    const times = timesOf(request);
    return some.filter(
      ({ command }) =>
        this.#sees(caller, command) &&
        command.requestedAtMs > times.afterMs &&
        command.requestedAtMs < times.beforeMs &&
        (filterOf(request, 'DocumentName') ?? command.documentName) === command.documentName &&
        !this.#deps.faults.hides(command.commandId),
    );
  }
}

const filterOf = (request: ListCommandsRequest, key: string): string | undefined =>
  request.Filters?.find((filter) => filter.key === key)?.value;

const timesOf = (request: ListCommandsRequest): { readonly afterMs: number; readonly beforeMs: number } => {
  const read = (key: string, absent: number): number => {
    const value = filterOf(request, key);
    const atMs = value === undefined ? absent : Date.parse(value);
    if (Number.isNaN(atMs)) throw new CloudFault('ValidationException', `${key} must be an ISO 8601 time.`);
    return atMs;
  };
  return {
    afterMs: read('InvokedAfter', Number.NEGATIVE_INFINITY),
    beforeMs: read('InvokedBefore', Number.POSITIVE_INFINITY),
  };
};

const checkFilters = (request: ListCommandsRequest, allowed: readonly string[]): void => {
  for (const { key } of request.Filters ?? []) if (!allowed.includes(key)) throw new CloudFault('InvalidFilterKey');
  if (request.InstanceId !== undefined && filterOf(request, 'Status') === 'Pending')
    throw new CloudFault('InvalidFilterKey');
};

const matchesStatus = (request: ListCommandsRequest, pair: StatusPair): boolean => {
  const wanted = filterOf(request, 'Status');
  return wanted === undefined || wanted === pair.status || wanted === pair.details;
};

const matchesStage = (request: ListCommandsRequest, state: SsmCommandState): boolean => {
  const stage = filterOf(request, 'ExecutionStage');
  return stage === undefined || (stage === 'Complete') === isTerminal(state.status);
};

const readToken = (token: string | undefined): number => {
  const offset = offsetOf(token);
  if (offset === undefined) throw new CloudFault('InvalidNextToken', 'The specified token is not valid.');
  return offset;
};
