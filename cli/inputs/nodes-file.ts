import type { DroverClient } from '#shared/client/client.ts';
import { AppError, type ErrorPlace, isAppError } from '#shared/errors/app-error.ts';
import { Findings } from '#shared/import/autoexec/findings.ts';
import { matchNodes } from '#shared/import/autoexec/match-nodes.ts';
import { isHostsFile, readHosts } from '#shared/import/autoexec/read-hosts.ts';
import { readNodes } from '#shared/import/autoexec/read-nodes.ts';
import { type InventoryNode, type Node, nodeSchema } from '#shared/model/node.ts';
import { readNodeList } from './node-list.ts';
import type { InputFile } from './read-file.ts';

/** Every node of the inventory. */
export const readInventory = async (
  client: Pick<DroverClient, 'listNodes'>,
  refresh = false,
): Promise<readonly InventoryNode[]> => (await readNodeList(client, refresh ? { refresh } : {})).items;

/** True for a nodes file of neatlogic-autoexec: its objects have `resourceId`, or are the header with `totalCount`. */
export const isAutoexecNodes = (text: string): boolean => /^\s*\{[^}]*"(?:resourceId|totalCount)"\s*:/.test(text);

const parseLine = (line: string, place: Pick<ErrorPlace, 'file' | 'line'>, places: ErrorPlace[]): readonly Node[] => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    places.push({ ...place, message: 'is not a JSON object on one line' });
    return [];
  }
  const parsed = nodeSchema.safeParse(value);
  if (parsed.success) return [parsed.data];
  for (const { path, message } of parsed.error.issues)
    places.push({ ...place, message: `${path.join('.')} ${message}`.trim() });
  return [];
};

/**
 * Reads nodes of Drover, one JSON object on a line; empty lines do not count.
 * @throws AppError `usage.invalid` with a place for each line that is wrong.
 */
export const parseNodeLines = ({ text, fileName }: InputFile): readonly Node[] => {
  const places: ErrorPlace[] = [];
  const nodes = text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : parseLine(line, { file: fileName, line: index + 1 }, places)));
  if (places.length > 0)
    throw new AppError(
      'usage.invalid',
      `${fileName} has ${places.length === 1 ? 'a line that is no node' : `${places.length} problems`}`,
      {
        places: places.slice(0, 50),
        hint: 'Each line is a JSON object: {"id", "name", "host", "agent", "region", "instanceId", …}.',
      },
    );
  if (nodes.length === 0) throw new AppError('usage.invalid', `${fileName} holds no node`);
  return nodes;
};

/**
 * Reads a nodes file, of Drover or of neatlogic-autoexec, or a hosts file of the latter; their instances are looked up in the inventory, which is
 * read anew for one that it does not have.
 * @throws AppError `usage.invalid`, `import.invalid`, `import.node-unmatched`, and the client's errors.
 */
export const readNodesFile = async (
  file: InputFile,
  inventory: (refresh: boolean) => Promise<readonly InventoryNode[]>,
): Promise<readonly Node[]> => {
  const isHosts = isHostsFile(file.text);
  if (!isHosts && !isAutoexecNodes(file.text)) return parseNodeLines(file);
  const matchIn = (nodes: readonly InventoryNode[]): readonly Node[] => {
    const findings = new Findings(file.fileName);
    const old = isHosts ? readHosts(file.text, findings) : readNodes(file.text, file.fileName, findings);
    const matched = matchNodes(old, nodes, findings);
    findings.raise();
    return matched;
  };
  const known = await inventory(false);
  try {
    return matchIn(known);
  } catch (error) {
    // It may have come since the clouds were last read.
    if (!isAppError(error, 'import.node-unmatched')) throw error;
    return matchIn(await inventory(true));
  }
};
