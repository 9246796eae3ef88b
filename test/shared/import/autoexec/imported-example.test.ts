import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { importAutoexec } from '#shared/import/autoexec/import-autoexec.ts';
import { parseOutputs } from '#shared/script/outputs.ts';
import { instance, noticeLines, operationsOf } from './old-job.ts';

const folder = new URL('../../../../examples/imported/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const scripts = new Map(
  readdirSync(new URL('scripts/', folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.split('/scripts/')[1] ?? '')
    .map((path) => [path, read(`scripts/${path}`)]),
);
const inventory = [1, 2, 3, 4, 5].map((number) =>
  instance({
    id: `i-web${number}`,
    name: `shop-web-${number}`,
    host: `10.20.0.1${number}`,
    ...(number === 1 ? { tags: { drover: 'runner' } } : {}),
  }),
);

describe('the imported example', () => {
  const imported = importAutoexec({
    params: { text: read('params.json'), fileName: 'params.json' },
    nodes: { text: read('nodes.jsonl'), fileName: 'nodes.jsonl' },
    scripts,
    inventory,
  });

  it('has its two groups', () => {
    const { groups, roundCount } = imported.job.spec;
    expect(roundCount).toBe(0);
    expect(groups.map(({ name, strategy, roundCount: rounds }) => [name, strategy, rounds])).toEqual([
      ['group-0', 'oneShot', 1],
      ['group-1', 'grayScale', 2],
    ]);
    expect(groups.flatMap(({ phases }) => phases.map(({ name, on, round }) => [name, on, round]))).toEqual([
      ['检查磁盘', 'target', undefined],
      ['检查环境', 'target', undefined],
      ['发布通知', 'runner', 'first'],
      ['停止服务', 'target', undefined],
      ['部署', 'target', undefined],
      ['发布完成', 'runner', 'last'],
    ]);
  });

  it('has its five nodes', () => {
    expect(imported.nodes?.map(({ id, instanceId, port }) => [id, instanceId, port])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [`47821991235584${number}`, `i-web${number}`, 8080]),
    );
  });

  it('passes outputs on', () => {
    expect(operationsOf(imported).find(({ id }) => id === 'deploy_1')?.args).toEqual([
      ...['--package', '${{ params.package }}', '--free', '${{ outputs.shop_checkdisk_1.free }}'],
      ...['--mode', '${{ outputs.shop_checkdisk_1.mode }}', '--notice', '${{ outputs.notify_1.notice }}'],
    ]);
    expect(imported.params['package']).toBe('shop-2.4.1.tar');
    expect(imported.context).toEqual({ runnerId: 1, ticket: 'CHG-1042' });
  });

  it('has scripts that run on one node, one after another, and hand their outputs on', () => {
    const folderOfRun = mkdtempSync(join(tmpdir(), 'drover-imported-'));
    const outputs: Record<string, Record<string, string>> = {};
    const [node] = imported.nodes ?? [];
    const exitCodes = operationsOf(imported).map((operation) => {
      const scope = {
        params: imported.params,
        run: { id: 'R', attempt: 1, job: 'j' },
        outputs: { ...outputs },
        ...(node ? { node } : {}),
      };
      const render = (text: string): string => renderTemplate(parseTemplate(text), scope);
      const env = Object.entries({ ...imported.job.spec.env, ...operation.env }).map(([name, text]) => [
        name,
        render(text),
      ]);
      const [file, output] = [join(folderOfRun, 'script'), join(folderOfRun, 'output')];
      writeFileSync(file, operation.run ?? '');
      writeFileSync(output, '');
      const ended = spawnSync(operation.interpreter, [file, ...operation.args.map(render)], {
        env: { ...process.env, ...Object.fromEntries(env), DROVER_OUTPUT: output },
        encoding: 'utf8',
      });
      const written = parseOutputs(readFileSync(output, 'utf8'));
      expect(written.error).toBeNull();
      const defaults = Object.entries(operation.outputs).map(([name, declared]) => [name, declared.default ?? '']);
      outputs[operation.id] = { ...Object.fromEntries(defaults), ...written.values };
      return [operation.id, ended.status, ended.stdout.trim()];
    });
    rmSync(folderOfRun, { recursive: true });
    expect(exitCodes).toEqual([
      ['shop_checkdisk_1', 0, expect.stringMatching(/^INFO: \d+ KB free on \/$/)],
      ['env_check_1', 0, 'shop-web-1 10.20.0.11:8080 prod 2.4.1'],
      ['notify_1', 0, 'to ops, dev: It\'s $(id -un) & <ok> "quoted"'],
      ['stop_1', 3, ''],
      ['deploy_1', 0, expect.stringMatching(/^FINE: shop-2.4.1.tar deployed \(rolling, \d+ KB free, told 2 owners\)$/)],
      ['verify_1', 0, 'installed=shop-2.4.1.tar'],
      ['done_1', 0, 'done: told 2 owners'],
    ]);
  });

  it('tells each difference once', () => {
    const lines = noticeLines(imported);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length).toBeLessThan(25);
  });
});
