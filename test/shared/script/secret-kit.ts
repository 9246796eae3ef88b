import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { secretPayload } from '#shared/script/render-secrets.ts';
import type { SecretText, WrapperInput } from '#shared/script/wrapper.ts';
import { maskedForms } from '#shared/secrets/masked-forms.ts';
import type { BlobSite } from './blob-site.ts';
import { type OnNode, shells } from './on-node.ts';

/** Seals as the product does. */
export const sealer = createAesSealer();

/** What a sending with these secrets carries; `change` spoils what the site hands out. */
export const carryingFrom =
  (site: () => BlobSite) =>
  (
    values: readonly string[],
    secretEnv: Readonly<Record<string, SecretText>>,
    change: (content: string) => string = (content) => content,
  ): Partial<WrapperInput> => {
    const { content, digest, key } = sealer.seal(secretPayload(new Map(values.entries()), maskedForms(values)));
    const sealed = { url: site().offer(change(content)), digest, key };
    return { secretEnv, secrets: { sealed, fromAgent: {}, endWord: sealer.word() } };
  };

/** Everything below a folder, as one text. */
export const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

/** Where a tool is; a version manager's stand-in does not count, as it needs other tools. */
export const toolPath = (tool: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(':')
    .map((dir) => join(dir, tool))
    .find((path) => existsSync(path) && !path.includes('/shims/'));

/** The shells that a node's `sh` may be, busybox too where it is. */
export const titledShells = [...shells, ...(toolPath('busybox') === undefined ? [] : [['busybox', 'sh'] as const])].map(
  (shell) => ({ shell, title: shell.join(' ') }),
);

const basicTools =
  'sh dash bash busybox timeout sha256sum printf cat tr mv rm sleep mkdir id wc grep base64 find dd tail'.split(' ');

/** A PATH on which only these of the tools that secrets need are found. */
export const onlyTools = (node: OnNode, tools: readonly string[]): { readonly PATH: string } => {
  const dir = node.path('tools');
  mkdirSync(dir);
  for (const tool of new Set([...basicTools, ...tools])) {
    const at = toolPath(tool);
    if (at !== undefined) symlinkSync(at, join(dir, tool));
  }
  return { PATH: dir };
};
