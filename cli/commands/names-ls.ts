import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import type { NamesQuery } from '#shared/contract/library-requests.ts';
import type { Page } from '#shared/ports/pages.ts';
import { type CommandDefinition, defineCommand } from '../command.ts';
import type { Style } from '../output/style.ts';
import { type Column, renderTable } from '../output/table.ts';

/** A kind of things that are kept under names. */
export interface NamedKind<T> {
  /** What the command does, for `--help`. */
  readonly summary: string;
  /** A beginning that several names may share, as an example. */
  readonly prefix?: string;
  readonly columns: (style: Style) => readonly Column<T>[];
  readonly list: (client: DroverClient, query: Partial<NamesQuery>) => Promise<Page<T>>;
}

/** The command `ls` of a kind of named things: all of them, or those whose names begin alike. */
export const defineNamesLs = <T>({ summary, prefix, columns, list }: NamedKind<T>): CommandDefinition =>
  defineCommand({
    name: 'ls',
    summary,
    args: { '[prefix]': `only names that begin with this${prefix === undefined ? '' : `, such as ${prefix}`}` },
    options: [{ flags: '--removed', description: 'also those that were removed' }],
    schema: z.object({ removed: z.boolean().default(false) }),
    run: async (session, { removed }, [start]) => {
      const { client } = await session.connect();
      const wanted = { removed, ...(start === undefined ? {} : { prefix: start }) };
      const items = await gatherPages((page) => list(client, { ...page, ...wanted }));
      session.print({ items }, () => renderTable(columns(session.style), items, session.style));
      return 0;
    },
  });
