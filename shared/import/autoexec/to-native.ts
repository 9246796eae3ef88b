import { variableNameSchema } from '#shared/model/job.ts';
import { compileRegex } from '#shared/model/job-values.ts';
import { maintenanceWindows } from './maintenance-windows.ts';
import { freeArguments, joined, type NativeAction, placeOf, refuse, templateOf, textOf } from './native-fields.ts';
import type { NativeTool } from './native-tools.ts';
import { aggregate, concatenate, first, waitInput } from './runner-tools.ts';
import type { ReferenceScope } from './to-template.ts';

const setEnv = (scope: ReferenceScope): NativeAction => {
  const { findings } = scope;
  const name = textOf(scope, 'name');
  const value = textOf(scope, 'value');
  const at = placeOf(scope, 'name');
  if (!variableNameSchema.safeParse(name).success || /^DROVER_/i.test(name))
    return refuse(scope, at, {
      what: `setenv of ${JSON.stringify(name)}`,
      why: 'names of variables are letters, digits and _, and do not begin with DROVER_',
      instead: 'rename it here and where it is used',
    });
  if (/\$\(|`/.test(value))
    return refuse(scope, placeOf(scope, 'value'), {
      what: 'setenv with $(…)',
      why: 'a shell of the old engine computed it; values are data here',
      instead: 'compute it in a runner operation with an output, and refer to that',
    });
  findings.countedNotice(at.path, 'variables of setenv are in the environment of later scripts too now');
  if (textOf(scope, 'hidden') === '1')
    findings.countedNotice(
      at.path,
      'hidden had no effect on variables; use a param of type secret for what must not be shown',
    );
  const everywhere = textOf(scope, 'scope') === 'global';
  return { setEnv: { [name]: templateOf(scope, 'value') }, ...(everywhere ? { scope: 'run' } : {}) };
};

/** `data['a'][0]` as a JSON path. */
const jsonPath = (selector: string): string | undefined => {
  const steps = /^data((?:\[(?:'[^'\\\]]*'|"[^"\\\]]*"|-?\d+)\])*)$/.exec(selector.trim())?.[1];
  return steps === undefined ? undefined : `$${steps}`;
};

/** The whole match counted, not a group of it. */
const wholeMatch = (pattern: string): string =>
  pattern.replaceAll(/(\\.|\[(?:\\.|[^\]\\])*\])|\((?!\?)/gs, (found, kept) => kept ?? (found === '(' ? '(?:' : found));

const extract = (scope: ReferenceScope, from: string, how: 'json' | 'pattern'): NativeAction => {
  const selector = textOf(scope, 'selector');
  const place = placeOf(scope, 'selector');
  if (how === 'json') {
    scope.findings.countedNotice(place.path, 'a list or an object comes out as JSON; lists were joined by commas');
    const path = jsonPath(selector);
    if (path !== undefined) return { extract: { from: templateOf(scope, from), path } };
  } else {
    const pattern = wholeMatch(selector);
    if (selector !== '' && compileRegex(pattern, 'gm') !== undefined)
      return { extract: { from: templateOf(scope, from), pattern } };
  }
  return refuse(scope, place, {
    what: `the selector ${JSON.stringify(selector)}`,
    why: how === 'json' ? "it is more than data['key'][0]… of Python" : 'it is not a regular expression here',
    instead: 'write an extract operation with a JSON path or a pattern, or do it in a script',
  });
};

const window = (scope: ReferenceScope): NativeAction => {
  const { operation, findings } = scope;
  const windows = freeArguments(operation).flatMap(({ text, place }) => {
    const read = maintenanceWindows(text);
    if (read !== undefined) return read;
    refuse(scope, place, {
      what: `the maintenance window ${JSON.stringify(text)}`,
      why: 'it is not made of hours (20:00-21:00) and WeekDay 1 to 7, MonthDay MM-DD or Date YYYY-MM-DD',
      instead: 'correct it here, or write a maintenanceWindow operation',
    });
    return [];
  });
  findings.countedNotice(
    operation.fields.place.path,
    'the hours of maintenance windows are UTC; they were local time of the runner: set timeZone in the converted job',
  );
  if (freeArguments(operation).length === 0) return refuseEmpty(scope);
  return windows.length === 0 ? undefined : { maintenanceWindow: { windows } };
};

const refuseEmpty = (scope: ReferenceScope): undefined => {
  scope.findings.invalid(scope.operation.fields.place, 'has no window');
  return undefined;
};

const sleep = (scope: ReferenceScope): NativeAction => {
  const written = textOf(scope, 'seconds') || (freeArguments(scope.operation)[0]?.text ?? '');
  if (/^\d{1,6}$/.test(written)) return { wait: `${Number(written)}s` };
  return refuse(scope, placeOf(scope, 'seconds'), {
    what: `a sleep of ${JSON.stringify(written)}`,
    why: 'the time of a wait is fixed when the job is read',
    instead: 'write the seconds as a number, or sleep in a script',
  });
};

const actions: Readonly<Record<Exclude<NativeTool, 'if-block' | 'failkeys'>, (scope: ReferenceScope) => NativeAction>> =
  {
    echo: (scope) => ({ echo: joined(scope) }),
    setenv: setEnv,
    failjob: (scope) => ({ fail: joined(scope) || 'The job failed by its own decision.' }),
    extractoutval: (scope) =>
      extract(scope, 'outputkey', textOf(scope, 'selectortype') === 'RegExp' ? 'pattern' : 'json'),
    getvalfromjson: (scope) => extract(scope, 'jsontxt', 'json'),
    getvalfromtxt: (scope) => extract(scope, 'txtval', 'pattern'),
    maintainwindow: window,
    sleep,
    aggoutput: aggregate,
    concatoutput: concatenate,
    convout2local: first,
    interact: waitInput,
    continue: waitInput,
  };

/** Carries a tool of the old engine over to what Drover does itself. */
export const toNative = (tool: Exclude<NativeTool, 'if-block' | 'failkeys'>, scope: ReferenceScope): NativeAction =>
  actions[tool](scope);
