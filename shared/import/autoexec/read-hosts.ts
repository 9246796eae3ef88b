import type { Findings } from './findings.ts';
import type { OldNode } from './read-nodes.ts';

/** `address[:port] [user] [password]`; an address of IPv6 stands in brackets when a port follows. */
const line =
  /^(?:\[(?<bracketed>[0-9a-fA-F:.]+)\]|(?<plain>[^\s:{}"]+|[0-9a-fA-F]*:[0-9a-fA-F:.]+?))(?::\d{1,5})?(?:\s+\S+){0,2}$/;

const content = (text: string): string => text.replace(/^\uFEFF/, '').trim();
const isIgnored = (text: string): boolean => text === '' || text.startsWith('#');

/** True for a hosts file of the older system: lines that are no JSON, the first of which names a host. */
export const isHostsFile = (text: string): boolean => {
  const first = text
    .split('\n')
    .map(content)
    .find((one) => !isIgnored(one));
  return first !== undefined && !/^[[{]"?/.test(first.replace(/^\[[0-9a-fA-F:.]+\]/, 'v6')) && line.test(first);
};

/**
 * Reads a hosts file: a host a line, by address or name; what stands behind it told how to log in there, and the cloud's agent needs none of it.
 * Hosts have no ids of their own: they are the instances that are found for them. A wrong line is a finding with its number.
 */
export const readHosts = (text: string, findings: Findings): readonly OldNode[] => {
  const seen = new Set<string>();
  return text.split('\n').flatMap((raw, index): OldNode[] => {
    const written = content(raw);
    if (isIgnored(written)) return [];
    const place = { path: `line ${index + 1}`, line: index + 1, column: 1 };
    const groups = line.exec(written)?.groups;
    const host = groups?.['bracketed'] ?? groups?.['plain'];
    if (host === undefined) {
      findings.invalid(place, 'is no host: write address[:port] [user] [password]');
      return [];
    }
    if (seen.has(host.toLowerCase())) return [];
    seen.add(host.toLowerCase());
    return [{ resourceId: '', nodeName: host, nodeType: 'host', host, port: undefined, place }];
  });
};
