import type { Context, Contexts } from '../contexts/context-model.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const proofOf = (context: Context): string => {
  if (context.kind === 'aws')
    return `signed, ${context.region}${context.profile ? `, profile ${context.profile}` : ''}`;
  if (context.kind === 'token') return context.tokenFile === undefined ? 'no token' : `token of ${context.tokenFile}`;
  return context.fleet === undefined ? '' : `fleet ${context.fleet}`;
};

const placeOf = (context: Context): string =>
  context.kind === 'local' ? (context.stateDir ?? 'the local cloud of this user') : context.server;

/** The contexts as a table. */
export const contextsText = ({ contexts, current }: Contexts, style: Style): string => {
  const rows = Object.entries(contexts).map(([name, context]) => ({ name, context }));
  if (rows.length === 0) return 'There are no contexts: commands use the local cloud of this user.\n';
  return renderTable(
    [
      { title: '', cell: ({ name }) => (name === current ? '*' : '') },
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'KIND', cell: ({ context }) => context.kind },
      { title: 'WHERE', cell: ({ context }) => placeOf(context) },
      { title: 'BY', cell: ({ context }) => proofOf(context) },
    ],
    rows,
    style,
  );
};
