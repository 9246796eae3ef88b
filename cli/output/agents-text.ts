import type { AgentCareView, AgentPlace, AgentsView, LackingAgent } from '#shared/contract/agent-views.ts';
import { agoText } from '#shared/format/age-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** Versions that are shown of a place. */
const shownVersions = 4;

const versionText = ({ version, count, outdated }: AgentPlace['versions'][number]): string =>
  `${version} × ${count}${outdated === undefined || outdated === 0 ? '' : ' (outdated)'}`;

const versionsText = ({ versions }: AgentPlace): string => {
  const rest = versions.length - shownVersions;
  return versions.slice(0, shownVersions).map(versionText).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
};

const placeColumns = (style: Style): readonly Column<AgentPlace>[] => [
  { title: 'AGENT', cell: ({ agent }) => agent },
  { title: 'ACCOUNT', cell: ({ account }) => account ?? '' },
  { title: 'REGION', cell: ({ region }) => region },
  { title: 'ONLINE', cell: ({ online }) => String(online), align: 'right' },
  {
    title: 'SILENT',
    cell: ({ silent }) => String(silent),
    align: 'right',
    paint: ({ silent }, text) => (silent === 0 ? text : style.yellow(text)),
  },
  {
    title: 'MISSING',
    cell: ({ missing }) => String(missing),
    align: 'right',
    paint: ({ missing }, text) => (missing === 0 ? text : style.yellow(text)),
  },
  { title: 'VERSIONS', cell: versionsText },
];

const stateText = ({ state, stopped, lastSeenAt }: LackingAgent, nowMs: number): string => {
  if (state === 'missing') return stopped === true ? 'missing, instance stopped' : 'missing';
  const since = lastSeenAt === undefined ? '' : `, last seen ${agoText(lastSeenAt, nowMs)}`;
  return stopped === true ? `instance stopped${since}` : `silent${since}`;
};

const lackingColumns = (nowMs: number): readonly Column<LackingAgent>[] => [
  { title: 'NODE', cell: ({ nodeId }) => nodeId },
  { title: 'NAME', cell: ({ name }) => safeLine(name, 60) },
  { title: 'AGENT', cell: ({ agent }) => agent },
  { title: 'REGION', cell: ({ region }) => region },
  { title: 'VERSION', cell: ({ version }) => version ?? '' },
  { title: 'STATE', cell: (one) => stateText(one, nowMs) },
];

/** How the agents stand: counts by place, and those that do not answer by name. */
export const agentsText = (view: AgentsView, style: Style, nowMs: number): string => {
  const places = renderTable(placeColumns(style), view.places, style);
  if (view.lacking.length === 0) return places;
  const rest = view.omitted === 0 ? '' : `and ${view.omitted} more: drover agents status --all\n`;
  return `${places}\n${renderTable(lackingColumns(nowMs), view.lacking, style)}${rest}`;
};

const whatText = {
  install: 'install',
  update: 'update',
  none: 'nothing',
  manual: 'by hand',
  refused: 'refused',
} as const;

const careColumns = (style: Style): readonly Column<AgentCareView>[] => [
  { title: 'NODE', cell: ({ nodeId }) => nodeId },
  { title: 'NAME', cell: ({ name }) => safeLine(name, 60) },
  { title: 'AGENT', cell: ({ agent }) => agent },
  {
    title: 'WHAT',
    cell: ({ action }) => whatText[action],
    paint: ({ action }, text) => (action === 'manual' || action === 'refused' ? style.yellow(text) : text),
  },
  { title: 'WHY', cell: ({ name, says }) => safeLine(`${safeLine(name, 60)} ${says}`, 160) },
];

/** What was done about agents, and below it what people have to do, each advice once with the nodes that it is for. */
export const careText = (items: readonly AgentCareView[], style: Style): string => {
  const advised = items.flatMap(({ advice, name }) => (advice === undefined ? [] : [{ advice, name }]));
  const advices = [...Map.groupBy(advised, ({ advice }) => advice)].map(
    ([advice, of]) =>
      `${style.yellow('to do')} on ${safeLine(of.map(({ name }) => name).join(', '), 200)}: ${safeLine(advice, 600)}\n`,
  );
  return `${renderTable(careColumns(style), items, style)}${advices.length === 0 ? '' : `\n${advices.join('')}`}`;
};
