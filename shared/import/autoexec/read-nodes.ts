import { isAppError } from '#shared/errors/app-error.ts';
import { Fields, type KnownKeys } from './fields.ts';
import type { Findings } from './findings.ts';
import { type ScannedObject, scanObjects } from './scan-objects.ts';
import { parseSource, type SourcePlace, type SourceValue } from './source-value.ts';

/** A node as the nodes file has it. */
export interface OldNode {
  /** Empty for a line of a hosts file, which has no id of its own. */
  readonly resourceId: string;
  readonly nodeName: string;
  readonly nodeType: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly place: SourcePlace;
}

const transport = 'the cloud agent of the instance is used instead';
const nodeKeys: KnownKeys = {
  read: ['resourceId', 'nodeName', 'nodeType', 'host', 'port'],
  leftOut: {
    protocol: transport,
    protocolPort: transport,
    servicePorts: transport,
    password: 'no password is needed; the cloud agent of the instance is used instead',
    username: 'commands run as the user of the cloud agent; set runAs on operations that need another user',
    runnerId: 'there are no runners to spread nodes over',
  },
};

/** Numbers too long for a double are kept as texts, so that no digit of an id is lost. */
const keepLongNumbers = (text: string): string =>
  /\d{16}/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\w.])/g, (token) =>
        token[0] === '"' ? token : `"${token}"`,
      )
    : text;

const literal = (value: unknown, place: SourcePlace): SourceValue => {
  if (typeof value === 'string') return { kind: 'text', text: value, place };
  if (value === null) return { kind: 'null', written: 'null', place };
  return { kind: typeof value === 'boolean' ? 'boolean' : 'number', written: String(value), place };
};

/** A parsed value as a source value; everything in it has the place of its object, which is enough for a node. */
const located = (value: unknown, place: SourcePlace): SourceValue => {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => located(item, place)), place };
  if (typeof value !== 'object' || value === null) return literal(value, place);
  const entries = new Map<string, SourceValue>();
  for (const [key, member] of Object.entries(value)) {
    entries.set(key, located(member, { ...place, path: `${place.path}.${key}` }));
  }
  return { kind: 'map', entries, repeated: [], place };
};

/** The exact place of a syntax error inside an object; JSON.parse alone does not always say it. */
const reportSyntax = (object: ScannedObject, place: SourcePlace, findings: Findings): void => {
  try {
    parseSource(object.text, '');
    findings.invalid(place, 'is not strict JSON (a comment, a single quote or a comma before a bracket)');
  } catch (error) {
    const [inner] = isAppError(error) ? error.places : [];
    if (inner === undefined) throw error;
    const { line = 1, column = 1 } = inner;
    const start = line === 1 ? object.column - 1 : 0;
    findings.invalid({ ...place, line: object.line + line - 1, column: start + column }, inner.message);
  }
};

const parseObject = (object: ScannedObject, place: SourcePlace, findings: Findings): SourceValue | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(keepLongNumbers(object.text));
  } catch {
    // JSON.parse rejects without a place in most cases: the slower reader finds it.
    reportSyntax(object, place, findings);
    return undefined;
  }
  return located(value, place);
};

const readPort = (fields: Fields, findings: Findings): number | undefined => {
  const port = fields.integer('port');
  if (port === undefined || (port >= 0 && port <= 65_535)) return port;
  findings.invalid(fields.at('port'), `must be a port (0 to 65535), not ${port}`);
  return undefined;
};

const readNode = (fields: Fields, findings: Findings): OldNode | undefined => {
  fields.reportUnread(nodeKeys);
  const resourceId = fields.text('resourceId');
  if (resourceId === undefined || !/^[^\s#]{1,128}$/u.test(resourceId)) {
    findings.invalid(fields.at('resourceId'), 'must be the id of the node (1 to 128 characters, no blanks, no #)');
    return undefined;
  }
  return {
    resourceId,
    nodeName: fields.text('nodeName') ?? '',
    nodeType: fields.text('nodeType') ?? 'host',
    host: fields.text('host') ?? '',
    port: readPort(fields, findings),
    place: fields.place,
  };
};

const refuseRepeatedIds = (nodes: readonly OldNode[], findings: Findings): void => {
  const firstLines = new Map<string, number>();
  for (const node of nodes) {
    const firstLine = firstLines.get(node.resourceId);
    if (firstLine === undefined) firstLines.set(node.resourceId, node.place.line);
    else findings.invalid(node.place, `resourceId ${node.resourceId} is already that of the node in line ${firstLine}`);
  }
};

const checkHeader = (header: Fields, nodeCount: number, findings: Findings): void => {
  const total = header.integer('totalCount');
  if (total !== undefined && total !== nodeCount) {
    findings.notice(
      'totalCount',
      `the header says ${total} nodes, the file has ${nodeCount}; the nodes of the file count`,
    );
  }
  header.reportUnread({
    read: ['totalCount'],
    leftOut: { localRunnerId: 'there are no runners', jobRunnerIds: 'there are no runners' },
  });
};

/** Reads a nodes file, with or without its header line (the first object, when it has totalCount and no host). */
export const readNodes = (text: string, fileName: string, findings: Findings): readonly OldNode[] => {
  const objects = scanObjects(text, fileName).flatMap((object, index) => {
    const place = { path: `nodes[${index}]`, line: object.line, column: object.column };
    const value = parseObject(object, place, findings);
    return value === undefined ? [] : [new Fields(value, findings)];
  });
  const [first] = objects;
  const header = first?.get('totalCount') !== undefined && first.get('host') === undefined ? first : undefined;
  const rows = header === undefined ? objects : objects.slice(1);
  const nodes = rows.map((fields) => readNode(fields, findings)).filter((node) => node !== undefined);
  if (header !== undefined) checkHeader(header, rows.length, findings);
  if (rows.length === 0) findings.invalid({ path: 'nodes', line: 1, column: 1 }, 'the file holds no node');
  refuseRepeatedIds(nodes, findings);
  return nodes;
};
