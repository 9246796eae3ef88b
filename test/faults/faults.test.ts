import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultJobs } from './jobs/all-jobs.ts';
import { jobOf, named } from './jobs/shapes.ts';
import { type Campaign, openCampaign, type Tried } from './kit/campaign.ts';
import { parseCase } from './kit/cases.ts';
import type { FaultJob } from './kit/fault-job.ts';
import { noted } from './kit/node-notes.ts';
import { type Clean, playClean, prove } from './kit/prove.ts';
import { coverageText, failureText } from './kit/report.ts';
import { losingOutput, sendingBlindly, standingStill } from './kit/sabotage.ts';
import { allCandidates, sampleOf } from './kit/sample.ts';
import { openWorld, type World } from './kit/world.ts';

/** A seed of the day: the sample wanders over all places in time, and a failure says how to see it again. */
const seed = Number(process.env['DROVER_TEST_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const count = Number(process.env['DROVER_TEST_FAULTS'] ?? 40);

describe('a sample of faults, each in a run of its own', () => {
  let campaign: Campaign;
  beforeAll(async () => {
    campaign = await openCampaign(faultJobs, 6);
  });
  afterAll(() => campaign.close());

  it('changes neither what is executed nor what is recorded', async () => {
    const cleans = await campaign.clean(faultJobs);
    const candidates = allCandidates(cleans, seed);
    const tried: Tried[] = [];
    await campaign.tryAll(sampleOf(cleans, candidates, count, seed), (one) => tried.push(one));

    console.log(`Seed ${seed}. ${coverageText(candidates, tried)}`);
    const wrong = tried.filter(({ verdict }) => verdict.problems.length > 0);
    expect(wrong.map(failureText).join('\n')).toBe('');
    expect(tried).toHaveLength(count);
    // Where a fault strikes depends a little on the order of events: nearly all are reached.
    expect(tried.filter(({ verdict }) => verdict.struck > 0).length).toBeGreaterThan(count * 0.8);
  }, 1_800_000);
});

/** The least that goes through a cloud: one operation on one node. */
const tiny: FaultJob = {
  name: 'tiny',
  about: 'one operation on one node',
  job: (notes) =>
    jobOf(named('h-1'), [
      { name: 'g', phases: [{ name: 'p', operations: [noted(notes, 'a', { body: 'echo "$NODE"' })] }] },
    ]),
  ends: 'succeeded',
  executions: { a: 1 },
};

describe('the suite', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('sees every call that reaches the clouds, so that no boundary is left out', async () => {
    const before = world.provider.calls();
    const { calls } = await playClean(tiny, world);
    const after = world.provider.calls();

    const seen = Map.groupBy(
      calls.filter(({ name }) => /^(?:ssm|tagging|ecs)\./.test(name)),
      ({ name }) => name.replace(/^\w+\./, '').toLowerCase(),
    );
    const made = Object.entries(after).flatMap(([action, times]) => {
      const own = times - (before[action] ?? 0);
      return own === 0 ? [] : [[action.toLowerCase(), own] as const];
    });
    expect(Object.fromEntries([...seen].map(([name, all]) => [name, all.length]))).toEqual(Object.fromEntries(made));
    expect(made.length).toBeGreaterThan(5);
  });

  const firstSending = ({ calls }: Clean): string => calls.find(({ name }) => name === 'ssm.SendCommand')?.site ?? '';

  it('notices a product that executes twice after a crash', async () => {
    const clean = await playClean(tiny, world);
    const one = parseCase(`tiny kill-after ${firstSending(clean)}`, 1);

    const honest = await prove(clean, one, world);
    const wrong = await prove(clean, one, world, { sabotage: sendingBlindly });

    expect(honest).toMatchObject({ problems: [], struck: 1, lives: 2 });
    expect(wrong.problems.join('\n')).toContain('was executed 2 times');
  });

  it('notices a product that loses output after a crash', async () => {
    const clean = await playClean(tiny, world);

    const wrong = await prove(clean, parseCase(`tiny kill-before ${firstSending(clean)}`, 1), world, {
      sabotage: losingOutput,
    });

    expect(wrong.problems.join('\n')).toContain('/stdout is ""');
  });

  it('notices a product that stands still after a crash, and gives up on it', async () => {
    const clean = await playClean(tiny, world);
    const one = parseCase(`tiny kill-before ${firstSending(clean)}`, 1);

    const wrong = await prove(clean, one, world, { sabotage: standingStill, quietMs: 5000 });

    expect(wrong.problems[0]).toContain('Waited in vain until the run is over: the run is {"status":"running"');
  });
});
