import type { FaultJob } from '../kit/fault-job.ts';
import { aborted } from './aborted.ts';
import { gated } from './gated.ts';
import { narrow } from './narrow.ts';
import { paused } from './paused.ts';
import { retrying } from './retrying.ts';
import { rolling } from './rolling.ts';
import { stopped } from './stopped.ts';
import { tolerant } from './tolerant.ts';

/** Every job of the suite. */
export const faultJobs: readonly FaultJob[] = [rolling, tolerant, stopped, paused, aborted, narrow, retrying, gated];
