import { describe, expect, it } from 'vitest';
import { parseJobFile } from '#shared/job/job-file.ts';
import { browserPath, useBrowser, type Window } from '#test/kit/browser.ts';
import { useConsole } from '#test/kit/console.ts';

const waits = { timeout: 20_000 };

const jobText = (name: string, operations: string): string => `apiVersion: drover/v1
kind: Job
metadata: {name: ${name}}
spec:
  params:
    word: {type: string, required: true, pattern: '^[a-z]+$'}
  targets: {where: 'true'}
  groups:
    - name: all
      maxFailures: 100%
      phases:
        - name: say
          operations:
${operations}
`;

describe.skipIf(browserPath === undefined)('the console', () => {
  const openWindow = useBrowser();
  const served = useConsole({ hosts: 6 });

  const open = async (path: string): Promise<Window> => {
    const window = await openWindow();
    window.page.setDefaultTimeout(waits.timeout);
    await window.page.goto(served().link(path));
    return window;
  };

  it('takes the token out of the address, keeps it in its window, and forgets it on leaving', async () => {
    const { page, complaints } = await open('/nodes');
    await page.getByText('h-3').first().waitFor();
    expect(page.url()).not.toContain('token');
    await page.reload();
    await page.getByText('h-3').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').fill('not the token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not valid').waitFor();
    // The refusal is the only thing to complain of.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await page.close();
  });

  it('runs a command on nodes that a condition names: the plan first, then output with its colours', async () => {
    const { page, complaints } = await open('/nodes');
    await page.getByLabel('Condition').fill('node.name in ["h-1", "h-2"]');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('2 nodes').waitFor();
    await page.getByRole('link', { name: 'Run a command' }).click();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('What is to be run?').waitFor();
    await page.getByLabel('Script').fill(`printf '\\033[31mred\\033[0m <b>not bold</b>\\n'`);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('2 nodes, 2 operations').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page
      .getByRole('link', { name: 'h-1' })
      .or(page.getByRole('button', { name: 'h-1' }))
      .first()
      .click();
    await page.getByText('<b>not bold</b>').first().waitFor();
    expect(await page.getByText('red', { exact: true }).first().getAttribute('style')).toContain(
      'color: var(--ansi-1)',
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says where the text of a job is wrong, saves it, asks for its params, and starts what the plan says', async () => {
    const { page, complaints } = await open('/jobs/new');
    const text = page.getByRole('textbox').first();
    await text.fill(
      jobText('greet', "            - {id: say, run: 'echo $WORD', enviroment: {WORD: '${{ params.word }}'}}"),
    );
    await page.getByText('enviroment').and(page.locator(':not(textarea)')).first().waitFor();
    await text.fill(
      jobText('greet', "            - {id: say, run: 'echo \"$WORD\"', env: {WORD: '${{ params.word }}'}}"),
    );
    await page.getByRole('button', { name: /^Save/ }).click();
    await page.getByRole('link', { name: /^Start/ }).click();
    await page.getByLabel('word').fill('NOT SMALL');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    expect(await page.getByLabel('word').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('word').fill('hello');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    // Twice, as a hasty hand does: it starts once.
    await page.getByRole('button', { name: 'Start', exact: true }).dblclick();
    await page.getByText('7 succeeded').first().waitFor();
    const runs = (await served().client.listRuns()).items.filter(({ job }) => job.name === 'greet');
    expect(runs.map(({ status, job }) => [status, job.revision])).toEqual([['succeeded', 1]]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows who waits for whom, and takes a decision with its comment', async () => {
    const { client } = served();
    const job = {
      apiVersion: 'drover/v1',
      kind: 'Job',
      metadata: { name: 'asks' },
      spec: {
        targets: { where: 'true' },
        groups: [
          {
            name: 'all',
            maxFailures: '100%',
            phases: [{ name: 'ask', on: 'runner', operations: [{ id: 'may', approve: { message: 'May it go on?' } }] }],
          },
          {
            name: 'then',
            maxFailures: '100%',
            phases: [{ name: 'do', operations: [{ id: 'do', run: 'test ! -f no || exit 3', workingDirectory: '/' }] }],
          },
        ],
      },
    };
    const { run } = await client.submitRun({ job });
    const { page, complaints } = await open(`/runs/${run.runId}`);
    await page.getByText('May it go on?').first().waitFor();
    await page.getByLabel('Comment').fill('seen by two');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('7 succeeded').first().waitFor();
    const { gates } = await client.viewRun(run.runId);
    expect(gates[0]?.votes).toMatchObject([{ decision: 'approve', comment: 'seen by two', actor: 'ada' }]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tries again the nodes that ended with a code, after it has shown which', async () => {
    const { client } = served();
    const run = 'case "$NAME" in h-2|h-5) test "$ATTEMPT" = 2 || exit 3 ;; esac';
    const env = { NAME: '${{ node.name }}', ATTEMPT: '${{ run.attempt }}' };
    const job = {
      apiVersion: 'drover/v1',
      kind: 'Job',
      metadata: { name: 'shaky' },
      spec: {
        targets: { where: 'node.name != "runner"' },
        groups: [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations: [{ id: 'o', run, env }] }] }],
      },
    };
    const { run: started } = await client.submitRun({ job });
    const { page, complaints } = await open(`/runs/${started.runId}`);
    await page.getByText('4 succeeded, 2 failed').first().waitFor();
    await page.getByRole('button', { name: 'Retry nodes…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Which nodes').fill('exit=3');
    await dialog.getByRole('button', { name: 'Show which' }).click();
    await dialog.getByRole('table', { name: 'What would run' }).getByText('h-5').waitFor();
    await dialog.getByRole('button', { name: /^Run 2 .* again$/ }).click();
    await page.getByText('6 succeeded').first().waitFor();
    const view = await client.viewRun(started.runId);
    expect([view.status, view.attempts.length]).toEqual(['succeeded', 2]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('sends a file that a param wants, and gives it to the nodes', async () => {
    const { client } = served();
    const job = jobText(
      'deliver',
      "            - {id: look, run: 'cat \"$CERT\"', env: {CERT: '${{ params.cert }}'}}",
    ).replace(/word: .*/, 'cert: {type: file, required: true}');
    await client.applyJob('deliver', { job: parseJobFile(job, 'deliver.yaml') });
    const { page, complaints } = await open('/jobs/deliver/start');
    await page
      .getByLabel('cert')
      .setInputFiles({ name: 'site.pem', mimeType: 'text/plain', buffer: Buffer.from('of the page\n') });
    await page.getByText('site.pem is there').waitFor();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('7 succeeded').first().waitFor();
    const [run] = (await client.listRuns()).items.filter((one) => one.job.name === 'deliver');
    const results = (await client.listResults(run!.runId)).items;
    expect(results.map(({ stdout }) => stdout)).toEqual(Array(7).fill('of the page\n'));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what an expression means while it is typed, and keeps the schedule', async () => {
    const { client } = served();
    const job = jobText('tidy', "            - {id: tidy, run: 'true'}").replace('required: true', 'default: now');
    await client.applyJob('tidy', { job: parseJobFile(job, 'tidy.yaml') });
    const { page, complaints } = await open('/schedules/new?job=tidy');
    await page.getByLabel('Name').first().fill('nightly');
    await page.getByLabel('Expression').fill('30 2 * * 8');
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Expression').fill('30 2 * * *');
    await page.getByLabel('Zone').fill('Europe/Madrid');
    await page.getByText('T02:30:00+').first().waitFor();
    await page.getByRole('button', { name: /^(Save|Put|Make|Keep)/ }).click();
    await page.getByRole('heading', { name: 'nightly' }).waitFor();
    const { items } = await client.listSchedules();
    expect(items.map(({ name, expression, zone }) => [name, expression, zone])).toEqual([
      ['nightly', '30 2 * * *', 'Europe/Madrid'],
    ]);
    // What the server refuses while one types is no fault of the page.
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
    await page.close();
  });
});
