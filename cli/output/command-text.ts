import type { CommandView } from '#shared/contract/library-views.ts';
import { parseCommand } from '#shared/library/command-document.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { libraryFile } from '#shared/library/library-file.ts';
import type { Command, CommandSpec } from '#shared/model/command.ts';
import { doneText, type Fact, factsText } from './facts-text.ts';
import { paramsTable } from './params-table.ts';
import { safeLine, safeText } from './safe-text.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const settings = (name: string, spec: CommandSpec): readonly Fact[] => [
  ['type', spec.type === 'library' ? `library, ${libraryFile(name, spec)} in $DROVER_LIB` : undefined],
  ['interpreter', spec.interpreter],
  ['timeout', spec.type === 'library' ? undefined : spec.timeout],
  ['run as', spec.runAs],
  ['directory', spec.workingDirectory],
  ['ok exit codes', spec.okExitCodes?.join(', ')],
  ['fails on', spec.failOn === undefined ? undefined : JSON.stringify(spec.failOn)],
  ['libraries', spec.libraries.join(', ')],
  [
    'env',
    Object.entries(spec.env)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  ],
];

const outputsTable = ({ outputs }: CommandSpec, style: Style): string => {
  const rows = Object.entries(outputs);
  if (rows.length === 0) return '';
  return renderTable(
    [
      { title: 'OUTPUT', cell: ([name]) => name },
      { title: 'TYPE', cell: ([, output]) => output.type },
      { title: 'DEFAULT', cell: ([, output]) => safeLine(output.default ?? '', 60) },
      { title: 'MEANING', cell: ([, output]) => safeLine(output.description ?? '', 100) },
    ],
    rows,
    style,
  );
};

const labelsOf = ({ metadata: { labels = {} } }: Command): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const indented = (text: string): string => safeText(text).replaceAll(/^(?=.)/gm, '  ');

/** A version of a command for a person: what it is, its arguments and outputs, its text. */
export const commandText = (view: CommandView, style: Style): string => {
  const command = parseCommand(view.command);
  const { spec } = command;
  const state = view.removed ? ' (removed)' : view.latest ? ' (latest)' : '';
  const facts: readonly Fact[] = [
    ['command', view.name],
    ['version', `${shortVersion(view.version)}${state}`],
    ['put', doneText(view)],
    ['changed', view.changed.at === view.at ? undefined : doneText(view.changed)],
    ['description', command.metadata.description],
    ['labels', labelsOf(command)],
    ...settings(view.name, spec),
  ];
  const tables = [paramsTable('ARGUMENT', spec.arguments, style, spec.positional), outputsTable(spec, style)];
  return [
    factsText(facts, style),
    ...tables.filter((table) => table !== '').map((table) => `\n${table}`),
    `\n${indented(spec.run.endsWith('\n') ? spec.run : `${spec.run}\n`)}`,
  ].join('');
};
