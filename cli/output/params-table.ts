import type { Param } from '#shared/model/param.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

interface Line {
  readonly name: string;
  readonly param: Param;
  readonly place?: string;
}

const rules = ({ pattern, options, min, max }: Param): string =>
  [
    options === undefined ? '' : options.join('|'),
    pattern === undefined ? '' : `/${pattern}/`,
    min === undefined ? '' : `min ${min}`,
    max === undefined ? '' : `max ${max}`,
  ]
    .filter(Boolean)
    .join(', ');

const columns = (title: string): readonly Column<Line>[] => [
  { title, cell: ({ name }) => name },
  { title: 'PLACE', cell: ({ place = '' }) => place },
  { title: 'TYPE', cell: ({ param }) => param.type },
  { title: 'REQUIRED', cell: ({ param }) => (param.required ? 'yes' : '') },
  {
    title: 'DEFAULT',
    cell: ({ param }) => (param.default === undefined ? '' : safeLine(JSON.stringify(param.default), 60)),
  },
  { title: 'RULES', cell: ({ param }) => safeLine(rules(param), 60) },
  { title: 'MEANING', cell: ({ param }) => safeLine(param.description ?? '', 100) },
];

/** Params of a job or arguments of a command as a table; '' when there are none. `positions` are the names that come by position. */
export const paramsTable = (
  title: string,
  params: Readonly<Record<string, Param>>,
  style: Style,
  positions?: readonly string[],
): string => {
  const lines = Object.entries(params).map(([name, param]): Line => {
    if (positions === undefined) return { name, param };
    const at = positions.indexOf(name);
    return { name, param, place: at < 0 ? `$${name}` : `argument ${at + 1}` };
  });
  return lines.length === 0 ? '' : renderTable(columns(title), lines, style);
};
