import * as z from 'zod';
import type { StoredSecret } from '#local/secrets/secret-store.ts';
import { defineCommand } from '../../command.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { openStore } from './store.ts';

const columns: readonly Column<StoredSecret>[] = [
  { title: 'SECRET', cell: ({ name }) => name },
  { title: 'SET AT', cell: ({ updatedAt }) => updatedAt },
];

/** `drover secret ls`. */
export const secretListCommand = defineCommand({
  name: 'ls',
  summary: 'List the secrets of the local cloud, without their values',
  schema: z.object({}),
  run: async (session) => {
    const items = (await openStore(session)).list();
    session.print({ items }, () => renderTable(columns, items, session.style));
    return 0;
  },
});
