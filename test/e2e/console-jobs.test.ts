import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { browserPath, useBrowser, type Window } from '#test/kit/browser.ts';
import { useConsole } from '#test/kit/console.ts';

const text = (script: string, name = 'ops/greet'): string => `apiVersion: drover/v1
kind: Job
metadata: {name: ${name}}
spec:
  params:
    version: {required: true, pattern: '^\\d+$', description: What to greet with}
    cert: {type: file}
  targets: {where: 'node.tags.role == "h"', exclude: 'node.name == "h-2"'}
  groups:
    - name: all
      phases:
        - name: greet
          operations:
            - {id: greet, run: '${script}', env: {VERSION: '\${{ params.version }}', CERT: '\${{ params.cert }}'}}
`;

/** What a page may complain of: answers that a test asks for. */
const expected = /status of (404|409|412|422)/;

describe.skipIf(browserPath === undefined)('jobs and schedules in a browser', () => {
  const openWindow = useBrowser();
  const served = useConsole({ hosts: 3 });

  const open = async (path: string): Promise<Window> => {
    const opened = await openWindow();
    opened.page.setDefaultTimeout(15_000);
    await opened.page.goto(served().link(path));
    return opened;
  };
  /** A job that tests start; storing it again changes nothing. */
  const store = () => served().client.applyJob('ops/start', { job: parseYaml(text('echo hello', 'ops/start')) });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const close = async ({ page, complaints }: Window): Promise<void> => {
    await page.close();
    expect(complaints.filter((said) => !expected.test(said))).toEqual([]);
  };

  it('a job is checked while it is written, saved, and not saved over what somebody else saved meanwhile', async () => {
    const opened = await open('/jobs');
    const { page } = opened;
    await page.getByText('No job is stored').waitFor();
    await page.getByRole('link', { name: 'New job' }).click();
    const editor = page.getByLabel('Job as YAML or JSON');
    await editor.fill(text('echo hello').replace('phases:', 'phase:'));
    const problem = page.getByRole('list', { name: 'Problems' }).getByRole('button', { name: "'phase' is not a key" });
    expect(await problem.textContent()).toMatch(/^11:7.*Did you mean 'phases'/);
    expect(await button(page, 'Save').isDisabled()).toBe(true);
    await problem.click();
    expect(await editor.evaluate('document.activeElement.selectionStart')).toBe(text('').indexOf('phases:'));

    await editor.fill(text('echo hello'));
    await button(page, 'Save').click();
    await page.getByText('revision 1 (latest)').waitFor();
    expect(page.url()).toContain('/jobs/ops%2Fgreet');

    await page.getByRole('link', { name: 'Change' }).click();
    await editor.waitFor();
    const { view, etag } = await served().client.viewJob('ops/greet');
    await served().client.applyJob(
      'ops/greet',
      { job: JSON.parse(JSON.stringify(view.job).replace('hello', 'hi')) },
      { ifMatch: etag },
    );
    await editor.fill(text('echo good day'));
    await button(page, 'Save').click();
    await page.getByText('Nothing was saved').waitFor();
    await page.getByText('run: echo good day').waitFor();
    await button(page, 'Save over revision 2').click();
    await page.getByText('revision 3 (latest)').waitFor();
    await button(page, 'Compare with 3').first().click();
    await page.getByRole('heading', { name: 'From revision 2 to 3' }).waitFor();
    await close(opened);
  });

  it('a job is started once, with its file, after its plan was seen', async () => {
    await store();
    const opened = await open('/jobs/ops%2Fstart/start');
    const { page } = opened;
    await button(page, 'Show the plan').click();
    await page.getByText('is required').waitFor();
    await page.getByLabel('version').fill('x');
    await page.getByText('does not match').waitFor();
    await page.getByLabel('version').fill('7');
    await page
      .getByLabel('cert')
      .setInputFiles({ name: 'cert.pem', mimeType: 'text/plain', buffer: Buffer.from('cert') });
    await page.getByText('cert.pem is there').waitFor();
    await button(page, 'Show the plan').click();
    await page.getByText('left out: 1 node (fulfils exclude: node.name == "h-2")').waitFor();
    await page.getByText('2 nodes, 2 operations on nodes').waitFor();
    expect((await served().client.listRuns()).items).toEqual([]);
    await button(page, 'Start').dblclick();
    await page.waitForURL(/\/runs\/[0-9A-Z]{26}$/);
    const { items } = await served().client.listRuns();
    expect(items).toMatchObject([{ job: { name: 'ops/start', revision: 1 } }]);
    await served().local.cloud.engine.idle();
    await close(opened);
  });

  it('a plan that has become another one is shown again, and nothing is started', async () => {
    await store();
    const opened = await open('/jobs/ops%2Fstart/start');
    const { page } = opened;
    await page.getByLabel('version').fill('8');
    await page.getByLabel('Nodes').fill('none');
    await button(page, 'Show the plan').click();
    await page.getByText('There is nothing to do').waitFor();
    expect(await button(page, 'Start').isDisabled()).toBe(true);
    await button(page, 'Change what is asked for').click();
    expect(await page.getByLabel('version').inputValue()).toBe('8');
    await page.getByLabel('Nodes').fill('');
    await button(page, 'Show the plan').click();
    await page.getByText('2 nodes, 2 operations on nodes').waitFor();
    const before = (await served().client.listRuns()).items.length;
    // As if a node had gone since: what the page has seen is not what would be started.
    await page.route('**/v1/runs', async (route) => {
      const asked = route.request().postDataJSON();
      await route.continue({ postData: JSON.stringify({ ...asked, planDigest: 'f'.repeat(64) }) });
    });
    await button(page, 'Start').click();
    await page.getByText('Nothing was started: the plan has become another one').waitFor();
    expect((await served().client.listRuns()).items).toHaveLength(before);
    await close(opened);
  });

  it('a schedule shows what it means while it is written, and is paused, resumed, run and removed', async () => {
    await store();
    const opened = await open('/jobs/ops%2Fstart');
    const { page } = opened;
    await page.getByRole('link', { name: 'Schedule it…' }).first().click();
    await page.getByLabel('Name', { exact: false }).first().fill('nightly');
    await page.getByLabel('Expression').fill('30 2 * *');
    await page.getByText('five fields, not 4').waitFor();
    await page.getByLabel('Expression').fill('30 2 * * *');
    await page.getByLabel('Zone').fill('America/New_York');
    await page.getByLabel('Start').fill('2099-03-07T00:00:00Z');
    await page.getByText('that local time does not exist').waitFor();
    await button(page, 'Save').click();
    await page.getByText('is required').waitFor();
    await page.getByLabel('version').fill('9');
    await button(page, 'Save').click();
    await page.getByText('{"version":"9"}').waitFor();
    expect((await served().client.viewSchedule('nightly')).view).toMatchObject({
      job: 'ops/start',
      zone: 'America/New_York',
    });

    await button(page, 'Pause').click();
    await page.getByLabel('Why').fill('audit');
    await button(page, 'Pause it').click();
    await page.getByText('paused by', { exact: false }).first().waitFor();
    await button(page, 'Resume').click();
    await button(page, 'Resume it').click();
    await button(page, 'Pause').waitFor();
    await button(page, 'Run now').click();
    await button(page, 'Run it now').dblclick();
    await page.waitForURL(/\/runs\/[0-9A-Z]{26}$/);
    expect((await served().client.listFirings('nightly')).items).toMatchObject([{ kind: 'manual', status: 'started' }]);
    await served().local.cloud.engine.idle();
    await page.goto(served().link('/schedules/nightly'));
    await button(page, 'Remove').click();
    await button(page, 'Remove it').click();
    await page.getByText('Nothing is started by the clock').waitFor();
    await close(opened);
  });
});
