import type { PushFileRequest } from '#shared/ports/agent.ts';
import { shLiteral } from '#shared/script/literal.ts';

/**
 * A script that writes a file whole or not at all: beside its place under a name of its own, with its mode, then by rename (overwrite) or
 * by hard link, which fails when the place is taken. It exits 17 (EEXIST) when the file is there and must not be overwritten.
 */
export const pushFileScript = ({
  path,
  content,
  mode,
  overwrite,
}: Pick<PushFileRequest, 'path' | 'content' | 'mode' | 'overwrite'>): string => {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const place = overwrite
    ? ['if [ -d "$file" ]; then echo "$file is a directory" >&2; exit 21; fi', 'mv -f "$new" "$file"']
    : ['if [ -e "$file" ] || [ -L "$file" ]; then echo "$file exists already" >&2; exit 17; fi', 'ln "$new" "$file"'];
  return [
    'set -eu',
    'umask 077',
    `file=${shLiteral(path)}`,
    `directory=${shLiteral(directory)}`,
    'mkdir -p "$directory"',
    'new=$(mktemp "$directory/.drover.XXXXXXXX")',
    'trap \'rm -f "$new"\' EXIT',
    'base64 -d > "$new" <<\'END\'',
    Buffer.from(content).toString('base64'),
    'END',
    `chmod ${mode} "$new"`,
    ...place,
    '',
  ].join('\n');
};
