import type { InstanceReport } from '#shared/ports/agent.ts';
import { parseEnvelope } from '#shared/script/envelope.ts';

/** An instance is not sent to again before so long after it asked for its reboot: it would still be on its way down. */
const shortestRebootMs = 5_000;

/** What reports are looked at with. */
export interface RebootView {
  readonly fence: string;
  /** True for an agent that runs a script again by itself after a reboot. */
  readonly comesBack: boolean;
  readonly nowMs: number;
}

/** How instances stand whose script may have them rebooted. */
export interface Standing {
  /** One report per instance; one that is being rebooted is `running`. */
  readonly standing: readonly InstanceReport[];
  /** Instances that were rebooted, or are just about to be, and that nothing is under way to. */
  readonly gone: readonly string[];
}

/**
 * Takes several reports of one instance, one of each sending after a reboot, for one. The script's end counts before everything else; then
 * what is under way. An instance whose last word is that it is rebooting, or that could not be delivered to after that, is to be sent to again.
 */
export const afterReboots = (reports: readonly InstanceReport[], view: RebootView): Standing => {
  const gone: string[] = [];
  const standing = [...Map.groupBy(reports, (report) => report.instanceId).values()].flatMap((own) => {
    const rebooting = own.filter((report) => isRebooting(report, view.fence));
    const last = own.at(-1);
    if (rebooting.length === 0 || last === undefined) return own.slice(-1);
    const other = own.filter((report) => !rebooting.includes(report));
    const end = other.find((report) => isOver(report) && report.state !== 'undeliverable');
    if (end !== undefined) return [end];
    const underWay = other.find((report) => !isOver(report));
    if (underWay === undefined && view.comesBack) return [last];
    if (underWay === undefined && rebooting.every((report) => isDown(report, view.nowMs))) gone.push(last.instanceId);
    return [{ ...(underWay ?? last), state: 'running' as const, text: null }];
  });
  return { standing, gone };
};

const isOver = ({ state }: InstanceReport): boolean => state !== 'waiting' && state !== 'running';

const isRebooting = (report: InstanceReport, fence: string): boolean =>
  isOver(report) && report.text !== null && parseEnvelope(report.text, fence)?.kind === 'rebooting';

const isDown = ({ endedAt }: InstanceReport, nowMs: number): boolean =>
  endedAt === null || nowMs - Date.parse(endedAt) >= shortestRebootMs;
