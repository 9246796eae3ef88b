import type { PlannedScript, ScriptVariant } from '#shared/plan/script-plan.ts';
import { safeLine, safeText } from './safe-text.ts';
import type { Style } from './style.ts';

/** Of each script, and of a job, that are shown unless everything is asked for. */
const brief = { lines: 6, variants: 3, scripts: 12 };

const words: Readonly<Record<ScriptVariant['state'], string>> = {
  runs: 'with',
  depends: 'may run with',
  skipped: 'skipped',
  fails: 'fails',
};

const whoText = ({ nodeCount, nodes }: ScriptVariant): string => {
  const more = nodeCount > nodes.length ? ', …' : '';
  return nodeCount === 1 ? (nodes[0] ?? '') : `${nodeCount} nodes (${nodes.slice(0, 3).join(', ')}${more})`;
};

const variantText = (variant: ScriptVariant): string => {
  const { state, reason, env, args } = variant;
  const values = [
    ...Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    ...(args.length === 0 ? [] : [`arguments ${JSON.stringify(args)}`]),
  ].join(' ');
  const said = [
    words[state],
    safeLine(values, 400) || 'no values',
    reason === undefined ? '' : `(${safeLine(reason, 200)})`,
  ];
  return `    ${safeLine(whoText(variant))}: ${said.filter(Boolean).join(' ')}\n`;
};

/** True when it goes to all nodes as it stands: there is nothing to say of values. */
const isPlain = ({ variants, variantCount }: PlannedScript): boolean =>
  variantCount <= 1 &&
  variants.every(({ state, env, args }) => state === 'runs' && Object.keys(env).length + args.length === 0);

const scriptText = (planned: PlannedScript, style: Style, inFull: boolean): string => {
  const { group, phase, operation, interpreter, script, scriptBytes, variants, variantCount } = planned;
  const lines = safeText(script).trimEnd().split('\n');
  const text = inFull ? lines : lines.slice(0, brief.lines);
  const isCut = text.length < lines.length || scriptBytes > new TextEncoder().encode(script).length;
  const some = inFull ? variants : variants.slice(0, brief.variants);
  return [
    `${style.bold(`${group}/${phase}/${operation}`)} ${style.dim(`${interpreter}, ${scriptBytes} bytes`)}\n`,
    ...text.map((line) => `  ${style.dim('│')} ${line}\n`),
    isCut ? `  ${style.dim('│ …')}\n` : '',
    ...(isPlain(planned) ? [] : some.map(variantText)),
    variantCount > some.length ? `    and ${variantCount - some.length} more sets of values\n` : '',
  ].join('');
};

/** The scripts of a plan with their values, equal ones together; the beginning of them unless all of it is asked for. */
export const scriptsText = (scripts: readonly PlannedScript[], style: Style, inFull: boolean): string => {
  const some = inFull ? scripts : scripts.slice(0, brief.scripts);
  const more = scripts.length - some.length;
  const rest = more === 0 ? '' : `and ${more} more scripts: drover plan --show scripts\n`;
  return scripts.length === 0 ? '' : `${some.map((one) => scriptText(one, style, inFull)).join('')}${rest}\n`;
};
