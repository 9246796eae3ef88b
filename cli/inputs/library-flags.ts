import * as z from 'zod';
import type { Preconditions } from '#shared/contract/library-requests.ts';
import type { OptionSpec } from '../command.ts';

/** Flag of commands that change what others may have changed. */
export const ifMatchOption: OptionSpec = {
  flags: '--if-match <etag>',
  description: 'only if nobody changed it since (exit code 6 otherwise)',
};

/** Flags of commands that change the library. */
export const changeOptions: readonly OptionSpec[] = [
  { flags: '--comment <text>', description: 'why, for the history' },
  ifMatchOption,
];
/** The values of those flags. */
export const changeFlagsSchema = z.object({
  comment: z.string().max(1024).optional(),
  ifMatch: z.string().min(1).optional(),
});

/** Flag of commands that make something new. */
export const newOption: OptionSpec = {
  flags: '--new',
  description: 'only if there is none of that name (exit code 6 otherwise)',
};

/** What a change is conditional on. */
export const conditionsOf = (flags: {
  readonly ifMatch?: string | undefined;
  readonly new?: boolean;
}): Preconditions => ({
  // A tag is shown with its quotes, which shells take away.
  ...(flags.ifMatch === undefined
    ? {}
    : { ifMatch: /^"|^\*$/.test(flags.ifMatch) ? flags.ifMatch : `"${flags.ifMatch}"` }),
  ...(flags.new ? { ifNoneMatch: '*' } : {}),
});

/** The comment, when there is one. */
export const commentOf = ({ comment }: { readonly comment?: string | undefined }): { readonly comment?: string } =>
  comment === undefined ? {} : { comment };
