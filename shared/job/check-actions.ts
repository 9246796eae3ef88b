import { isJsonPath } from '../built-in/extract.ts';
import { isTimeZone } from '../built-in/maintenance-window.ts';
import { isAppError } from '../errors/app-error.ts';
import type { Reference } from '../expression/references.ts';
import { parseTemplate } from '../expression/template.ts';
import { parseDurationMs } from '../model/duration.ts';
import type { Job } from '../model/job.ts';
import { type Action, actionOf, actions, isScript, type WrittenOperation } from '../model/operation.ts';
import type { Finding, Path } from './finding.ts';
import { isTurn, type OperationSite, operationSites } from './job-outline.ts';

/** Blocks in blocks in blocks are no longer read by anybody. */
const maxBlockDepth = 5;

/** An execution for each batch is open meanwhile: beyond this a schedule says better what is meant. */
const longestWaitMs = 5 * 86_400_000;

/** Keys that belong to one kind of operation. */
const keysOf: Readonly<Record<string, readonly Action[]>> = {
  with: ['use'],
  scope: ['setEnv'],
  else: ['if'],
  operations: ['if', 'forEach'],
  as: ['forEach'],
  limit: ['forEach'],
  failOn: ['run', 'use'],
  okExitCodes: ['run', 'use'],
  retries: ['run', 'use', 'httpCheck'],
  reboot: ['run', 'use'],
  runAs: ['run', 'use'],
  workingDirectory: ['run', 'use'],
};

const isKey = (operation: WrittenOperation, key: string): boolean => Reflect.get(operation, key) !== undefined;

const checkAction = (path: Path, operation: WrittenOperation): readonly Finding[] => {
  const given = actions.filter((action) => operation[action] !== undefined);
  if (given.length === 1) return [];
  if (given.length === 0)
    return [
      {
        path,
        message: `operation '${operation.id}' does nothing`,
        suggestion:
          "Give it a script under 'run', or one of use, echo, setEnv, fail, aggregate, extract, maintenanceWindow, wait, waitInput, approve, httpCheck, if, forEach.",
      },
    ];
  return [
    {
      path: [...path, given[1] ?? ''],
      message: `operation '${operation.id}' has ${given.map((key) => `'${key}'`).join(' and ')}; it does one thing`,
      suggestion: 'Split it into operations.',
      atKey: true,
    },
  ];
};

const checkKeys = (path: Path, operation: WrittenOperation): readonly Finding[] => {
  const action = actionOf(operation);
  return Object.entries(keysOf).flatMap(([key, owners]) =>
    isKey(operation, key) && !owners.includes(action)
      ? [
          {
            path: [...path, key],
            message: `'${key}' means nothing here; it belongs to ${owners.join(' and ')}`,
            atKey: true,
          },
        ]
      : [],
  );
};

/** What schemas fill in, so that only other values tell that somebody wrote them. */
const checkScriptSettings = (path: Path, operation: WrittenOperation): readonly Finding[] => {
  if (isScript(operation)) return [];
  const findings: Finding[] = [];
  const useless = (key: string) =>
    findings.push({ path: [...path, key], message: `'${key}' is for scripts, and this is none`, atKey: true });
  if (operation.interpreter !== 'sh') useless('interpreter');
  if (operation.args.length > 0) useless('args');
  if (Object.keys(operation.env).length > 0) useless('env');
  if (Object.keys(operation.outputs).length > 0) useless('outputs');
  return findings;
};

const checkBlock = (path: Path, { operation, blocks }: OperationSite): readonly Finding[] => {
  const findings: Finding[] = [];
  if (blocks.length > maxBlockDepth) findings.push({ path, message: `blocks nest at most ${maxBlockDepth} deep` });
  const kind = operation.if === undefined ? 'forEach' : 'if';
  if (operation[kind] !== undefined && operation.operations === undefined)
    findings.push({ path, message: `${kind} '${operation.id}' has no steps under 'operations'` });
  if (operation.forEach === undefined) return findings;
  const name = operation.as ?? 'item';
  if (name === 'index')
    findings.push({
      path: [...path, 'as'],
      message: 'each.index is the number of the turn; give the item another name',
    });
  if (blocks.some((one) => isTurn(one) && (one.block.as ?? 'item') === name))
    findings.push({
      path,
      message: `a forEach around this one calls its item '${name}' too`,
      suggestion: "Give this one another name with 'as'.",
    });
  return findings;
};

const checkExtract = (path: Path, { extract }: WrittenOperation): readonly Finding[] => {
  if (extract === undefined) return [];
  const at = [...path, 'extract'];
  if ((extract.path === undefined) === (extract.pattern === undefined))
    return [{ path: at, message: "needs either 'path' or 'pattern'" }];
  return extract.path === undefined || isJsonPath(extract.path)
    ? []
    : [
        {
          path: [...at, 'path'],
          message: 'is not a JSON path',
          suggestion: 'Write it as in RFC 9535: $.items[0].name.',
        },
      ];
};

const checkWindow = (path: Path, { maintenanceWindow }: WrittenOperation): readonly Finding[] =>
  maintenanceWindow === undefined || isTimeZone(maintenanceWindow.timeZone)
    ? []
    : [
        {
          path: [...path, 'maintenanceWindow', 'timeZone'],
          message: `there is no time zone '${maintenanceWindow.timeZone}'`,
          suggestion: 'Use an IANA name, such as Europe/Vienna, or UTC.',
        },
      ];

const checkWaits = (path: Path, { wait, maintenanceWindow, timeout, failOn }: WrittenOperation): readonly Finding[] => {
  const findings: Finding[] = [];
  const tooLong = 'is longer than five days; use a timed invocation instead';
  if (wait !== undefined && parseDurationMs(wait) > longestWaitMs)
    findings.push({ path: [...path, 'wait'], message: tooLong });
  if (maintenanceWindow?.outside === 'wait' && parseDurationMs(timeout) > longestWaitMs)
    findings.push({ path: [...path, 'timeout'], message: tooLong });
  if (failOn !== undefined && failOn.patterns === undefined && failOn.exitCodes === undefined)
    findings.push({ path: [...path, 'failOn'], message: "needs 'patterns' or 'exitCodes'" });
  return findings;
};

/** Nodes run at once, so a variable of the whole run must be the same whoever sets it. */
const checkRunScope = (path: Path, { operation, phase }: OperationSite): readonly Finding[] => {
  if (operation.scope !== 'run' || phase.on === 'runner') return [];
  return Object.entries(operation.setEnv ?? {}).flatMap(([name, text]) =>
    referencesIn(text).some(({ kind }) => !['param', 'run'].includes(kind))
      ? [
          {
            path: [...path, 'setEnv', name],
            message: 'may differ between nodes, and a variable of the whole run has one value',
            suggestion: "Set it in a phase with 'on: runner', or leave 'scope: run' away.",
          },
        ]
      : [],
  );
};

/** What a template refers to; a template that does not parse is told elsewhere. */
const referencesIn = (text: string): readonly Reference[] => {
  try {
    return parseTemplate(text).references;
  } catch (error) {
    if (isAppError(error, 'expression.')) return [];
    throw error;
  }
};

/** What is done once for the whole run, and why. */
const onceOnly: Readonly<Partial<Record<Action, string>>> = {
  aggregate: 'gathers over all nodes',
  waitInput: 'asks once, not once for each node',
  approve: 'asks once, not once for each node',
  httpCheck: 'is done by Drover itself, not on the nodes',
};

const checkPlace = (path: Path, { operation, phase }: OperationSite): readonly Finding[] => {
  const action = actionOf(operation);
  const why = onceOnly[action];
  if (why === undefined || phase.on === 'runner') return [];
  return [
    {
      path: [...path, action],
      message: `${why}, so it belongs in a phase that runs once`,
      suggestion: "Put it into a phase with 'on: runner'.",
      atKey: true,
    },
  ];
};

const checkInput = (path: Path, { waitInput }: WrittenOperation): readonly Finding[] => {
  if (waitInput === undefined) return [];
  const at = [...path, 'waitInput'];
  if (waitInput.type !== 'text' && waitInput.options === undefined)
    return [{ path: at, message: `a ${waitInput.type} needs 'options', the answers to choose from` }];
  if (waitInput.type === 'text' && waitInput.options !== undefined)
    return [{ path: [...at, 'options'], message: "'options' means nothing for a text", atKey: true }];
  return [];
};

/** What an operation does: exactly one thing, with the keys that belong to it, in a place where it can be done. */
export const checkActions = (job: Job): readonly Finding[] =>
  operationSites(job).flatMap((site) => {
    const { path, operation } = site;
    const action = checkAction(path, operation);
    if (action.length > 0) return action;
    return [
      ...checkKeys(path, operation),
      ...checkScriptSettings(path, operation),
      ...checkBlock(path, site),
      ...checkExtract(path, operation),
      ...checkWindow(path, operation),
      ...checkInput(path, operation),
      ...checkWaits(path, operation),
      ...checkPlace(path, site),
      ...checkRunScope(path, site),
    ];
  });
