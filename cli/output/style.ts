import { styleText } from 'node:util';
import type { NodeStatus, PhaseStatus, RunStatus } from '#shared/model/status.ts';

type Format = Parameters<typeof styleText>[0];
type AnyStatus = NodeStatus | PhaseStatus | RunStatus;

/** Colours and weights for one sink; plain text where colours are off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  /** The text in the colour of a status; default: the status itself. */
  readonly status: (status: AnyStatus, text?: string) => string;
}

const statusFormats: Readonly<Record<AnyStatus, Format>> = {
  pending: 'dim',
  queued: 'dim',
  skipped: 'dim',
  running: 'cyan',
  waitingInput: 'yellow',
  waitingApproval: 'yellow',
  pausing: 'yellow',
  paused: 'yellow',
  aborting: 'yellow',
  succeeded: 'green',
  completed: 'green',
  ignored: 'yellow',
  failed: 'red',
  timedOut: 'red',
  undeliverable: 'magenta',
  lost: 'magenta',
  aborted: 'red',
  rejected: 'red',
};

/** Makes the style of a sink. */
export const makeStyle = (colored: boolean): Style => {
  const paint = (format: Format) => (text: string) =>
    colored ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    status: (status, text = status) => paint(statusFormats[status])(text),
  };
};

/**
 * Whether to colour: the flag decides (`--color`, `--no-color`); else `NO_COLOR` (any value) says no, else `FORCE_COLOR` (any value but 0) says
 * yes, else `TERM=dumb` says no, else only terminals are coloured (no-color.org, force-color.org).
 */
export const usesColor = (
  sink: { readonly isTerminal: boolean },
  env: Readonly<Record<string, string | undefined>>,
  flag?: boolean,
): boolean => {
  if (flag !== undefined) return flag;
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return sink.isTerminal && env['TERM'] !== 'dumb';
};
