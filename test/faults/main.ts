// Injects faults into runs on the local cloud and checks that each ends as it does without them: npm run faults -- --help
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultJobs } from './jobs/all-jobs.ts';
import { openCampaign, type Tried } from './kit/campaign.ts';
import { type Case, formatCase, parseCase } from './kit/cases.ts';
import { coverageText, failureText } from './kit/report.ts';
import { allCandidates, type Candidate, sampleOf } from './kit/sample.ts';

const usage = `npm run faults -- [options]
  --count N      faults to try, one run each (default 1000); all: every fault at every place
  --seed N       decides which, and everything else that is left to chance (default: the time)
  --job NAME     only this job, may be repeated: ${faultJobs.map(({ name }) => name).join(', ')}
  --only TEXT    only faults whose text has this in it, such as kill-after or store.recordSent
  --replay CASE  one case again, with --seed as it was printed
  --times N      how often to replay (default 1)
  --verbose      a line for each run
  --list         what could be tried, without trying it
  --workers N    processes (default: one per core)
  --at-once N    runs at once in each process (default 4)`;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    job: { type: 'string', multiple: true },
    only: { type: 'string', default: '' },
    replay: { type: 'string' },
    times: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    'at-once': { type: 'string', default: '4' },
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
const atOnce = Number(values['at-once']);
const jobs = faultJobs.filter(({ name }) => values.job?.includes(name) ?? true);

/** A process that tries the cases that it is sent. */
const work = async (): Promise<void> => {
  // Nobody hears of what it tries any more.
  process.once('disconnect', () => process.exit());
  const [cases]: [readonly Case[]] = (await once(process, 'message')) as [readonly Case[]];
  const campaign = await openCampaign(faultJobs, atOnce);
  await campaign.tryAll(cases, (tried) => process.send?.(tried));
  await campaign.close();
  // Tasks of dead processes hang for ever, and with them the timers of the engine that waits for them.
  process.disconnect();
  process.exit();
};

/** Cases dealt out to processes; each plays the clean runs for itself. */
const tryInWorkers = async (cases: readonly Case[], tell: (tried: Tried) => void): Promise<void> => {
  const workers = Math.max(1, Math.min(Number(values.workers), cases.length));
  await Promise.all(
    Array.from({ length: workers }, async (_, index) => {
      const child = fork(fileURLToPath(import.meta.url), ['--worker', '--at-once', values['at-once']]);
      child.on('message', (tried: Tried) => tell(tried));
      child.send(cases.filter((_case, at) => at % workers === index));
      const [code]: unknown[] = await once(child, 'exit');
      if (code !== 0) throw new Error(`A process of the suite ended with ${String(code)}`);
    }),
  );
};

const show = (tried: readonly Tried[], wanted: number, startedMs: number): void => {
  const wrong = tried.filter(({ verdict }) => verdict.problems.length > 0).length;
  const minutes = (performance.now() - startedMs) / 60_000;
  console.log(`${tried.length} of ${wanted}, ${wrong} wrong, ${(tried.length / minutes).toFixed(0)} a minute`);
};

const tryCases = async (cases: readonly Case[], candidates: readonly Candidate[]): Promise<void> => {
  const tried: Tried[] = [];
  const startedMs = performance.now();
  await tryInWorkers(cases, (one) => {
    tried.push(one);
    if (values.verbose)
      console.log(`${one.verdict.seconds.toFixed(1)} s, seed ${one.case.seed}: ${formatCase(one.case)}`);
    if (one.verdict.problems.length > 0) console.log(failureText(one));
    if (tried.length % 50 === 0) show(tried, cases.length, startedMs);
  });
  console.log(`Seed ${seed}. ${coverageText(candidates, tried)}`);
  process.exitCode = tried.some(({ verdict }) => verdict.problems.length > 0) ? 1 : 0;
};

const enumerate = async () => {
  const campaign = await openCampaign(faultJobs, Math.min(atOnce, jobs.length));
  const cleans = await campaign.clean(jobs);
  await campaign.close();
  const candidates = allCandidates(cleans, seed).filter((one) => formatCase(one.case).includes(values.only));
  return { cleans, candidates };
};

const main = async (): Promise<void> => {
  if (values.help) return console.log(usage);
  if (values.worker) return work();
  if (values.replay !== undefined) {
    const one = parseCase(values.replay, seed);
    return tryCases(
      Array.from({ length: Number(values.times) }, () => one),
      [],
    );
  }
  const { cleans, candidates } = await enumerate();
  if (values.list) return console.log(candidates.map((one) => formatCase(one.case)).join('\n'));
  const cases =
    values.count === 'all'
      ? candidates.map((one) => one.case)
      : sampleOf(cleans, candidates, Number(values.count), seed);
  await tryCases(cases, candidates);
};

await main();
process.exit();
