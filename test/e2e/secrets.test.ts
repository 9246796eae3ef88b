import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSecretStore } from '#local/secrets/secret-store.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet | undefined;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const token = `t0k3n/+?"it's" %41&ü-${'x'.repeat(40)}`;
const password = 'pa55 w0rd=$HOME`id`\\n';

const jobOf = (operations: readonly unknown[], spec: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'with-secrets' },
  spec: {
    params: { token: { type: 'secret' }, password: { type: 'secret', default: 'local:shop/password' } },
    env: { TOKEN: '${{ params.token }}' },
    targets: { where: 'node.tags.role == "h"' },
    groups: [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations }] }],
    ...spec,
  },
});

const tellAll = `
  echo "clear $TOKEN"
  printf 'mixed %s and %s' "$TOKEN" "$URL" >&2
  printf '%s' "$TOKEN" | base64
  printf 'a%s' "$TOKEN" | base64 -w0; echo
  printf 'ab%s:%s' "$TOKEN" "$URL" | base64 | tr '+/' '-_'
  python3 -c 'import os,urllib.parse as u; t=os.environ["TOKEN"]; print(u.quote(t,safe="")); print(u.quote(t,safe="").lower()); print(u.quote_plus(os.environ["URL"]))'
  echo "token=$TOKEN" >> "$DROVER_OUTPUT"
  echo "b64=$(printf %s "$TOKEN" | base64 -w0)" >> "$DROVER_OUTPUT"
  i=0; while [ $i -lt 3000 ]; do echo "line $i of much output: $TOKEN"; i=$((i+1)); done
  exit "$CODE"`;

/** Every way in which the tests above write a value down; the middle of base64 at each position. */
const formsOf = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  encodeURIComponent(value).toLowerCase(),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${value}`)
      .toString('base64')
      .slice(4, 16),
  ),
];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

/** Files of the whole state of a local cloud that show a value, in any form. */
const showing = (folder: string, values: readonly string[]): readonly string[] =>
  filesBelow(folder).flatMap((file) => {
    const text = readFileSync(file, 'latin1');
    const forms = values.flatMap(formsOf).map((form) => Buffer.from(form).toString('latin1'));
    return forms.filter((form) => text.includes(form)).map((form) => `${file}: ${form}`);
  });

const open = async (yaml: string, secrets: Readonly<Record<string, string>>): Promise<OpenFleet> => {
  fleet = await openFleet(yaml);
  const store = openSecretStore(join(fleet.stateDir, 'secrets'), Date.now);
  for (const [name, value] of Object.entries(secrets)) store.set(name, value);
  return fleet;
};

describe('secrets on both clouds', () => {
  it('reach the script, and nothing that is kept, shown or returned, however the script prints them', async () => {
    const { run, stateDir, services } = await open(hostsFleet(2, 2), {
      'local:shop/token': token,
      'local:shop/password': password,
    });

    const view = await run(
      jobOf([
        {
          id: 'check',
          run: 'printf %s "$TOKEN|$URL" | sha256sum',
          env: { URL: 'https://u:${{ params.password }}@${{ node.name }}' },
        },
        {
          id: 'tell',
          run: tellAll,
          env: { URL: 'https://u:${{ params.password }}@h', CODE: '3' },
          failIgnore: true,
          outputs: { token: {}, b64: {} },
        },
        { id: 'plain', run: 'echo "$A"', env: { A: 'no secret', TOKEN: 'overridden' } },
      ]),
      { token: 'local:shop/token' },
    );

    expect(view.status).toBe('completed');
    expect(view.params).toEqual({ token: 'local:shop/token', password: 'local:shop/password' });
    const { items } = await services.listResults(view.runId, { limit: 1000 });
    const { createHash } = await import('node:crypto');
    for (const one of items.filter(({ operation }) => operation === 'check'))
      expect(one.stdout).toBe(
        `${createHash('sha256').update(`${token}|https://u:${password}@${one.name}`).digest('hex')}  -\n`,
      );
    const told = items.filter(({ operation }) => operation === 'tell');
    expect(told).toHaveLength(4);
    for (const one of told) {
      expect(one).toMatchObject({
        status: 'failed',
        exitCode: 3,
        outputs: { token: '******', b64: expect.stringMatching(/^\*{6}=*$/) },
      });
      expect(one.stdout).toMatch(/^clear \*{6}\n/);
      expect(one.stderr).toBe('mixed ****** and https://u:******@h');
    }
    const answers = JSON.stringify([items, view, await services.listNodeRows(view.runId, { limit: 100 })]);
    for (const form of [token, password].flatMap(formsOf))
      expect(answers).not.toContain(JSON.stringify(form).slice(1, -1));
    expect(showing(stateDir, [token, password])).toEqual([]);
    expect(filesBelow(join(stateDir, 'blobs', 'secrets'))).toEqual([]);
  });

  it('come from the stores of the clouds too, and from the agent of Alibaba Cloud', async () => {
    const { run, stateDir, services } = await open(hostsFleet(1, 1), {
      'ssm:/drover/token': token,
      'secretsmanager:drover/shop': JSON.stringify({ user: 'anna', password }),
      'oos-secret:token': `${token}\nand 'more' "lines"`,
    });
    const spec = {
      params: { a: { type: 'secret' }, b: { type: 'secret' } },
      env: { A: '${{ params.a }}', B: '${{ params.b }}' },
    };
    const operation = {
      id: 'a',
      run: 'printf "%s|%s|" "$A" "$B" | sha256sum; echo "$A"; printf "x%s" "$A" | base64 -w0; echo "$B" >&2',
    };

    const first = await run(jobOf([operation], spec), {
      a: 'ssm:/drover/token',
      b: 'secretsmanager:drover/shop#password',
    });
    const second = await run(jobOf([operation], { ...spec, targets: { where: 'node.agent == "aliyun"' } }), {
      a: 'oos-secret:token',
      b: 'ssm:/drover/token',
    });

    const { createHash } = await import('node:crypto');
    const digest = (text: string) => `${createHash('sha256').update(text).digest('hex')}  -\n`;
    const firstResults = (await services.listResults(first.runId, { limit: 10 })).items;
    expect(firstResults).toHaveLength(2);
    for (const one of firstResults)
      expect(one).toMatchObject({
        status: 'succeeded',
        stdout: expect.stringContaining(digest(`${token}|${password}|`)),
        stderr: '******\n',
      });
    const [fromAgent] = (await services.listResults(second.runId, { limit: 10 })).items;
    expect(fromAgent).toMatchObject({ status: 'succeeded' });
    expect(fromAgent?.stdout).toContain(digest(`${token}\nand 'more' "lines"|${token}|`));
    expect(showing(stateDir, [token, password, `and 'more' "lines"`])).toEqual([]);
  });

  it('fail the nodes with the reason when they cannot be had, and a new attempt takes the new value', async () => {
    const { run, services, ended, stateDir } = await open(hostsFleet(1, 1), { 'local:shop/password': password });
    const store = openSecretStore(join(stateDir, 'secrets'), Date.now);
    store.set('local:gone', token);
    const operation = { id: 'a', run: 'printf %s "$TOKEN" | wc -c; [ "$TOKEN" = new-value ]' };
    const { runId } = await services.submitRun({
      request: { job: jobOf([operation]), params: { token: 'local:gone' }, only: {} },
      actor: 't',
    });
    await ended(runId);
    store.remove('local:gone');
    await services.continueRun(runId, { mode: 'force', only: {} }, 't');
    await ended(runId);

    const rows = (await services.listNodeRows(runId, { limit: 10 })).items;
    expect(rows.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      Array(2).fill('failed secret.not-found: The local store has no secret gone'),
    );

    store.set('local:gone', 'new-value');
    await services.continueRun(runId, { mode: 'continue', only: {} }, 't');
    expect((await ended(runId)).status).toBe('succeeded');
    expect(run).toBeDefined();
  });

  it('are refused as values: nothing of what was given comes back', async () => {
    const { services } = await open(hostsFleet(1), {});
    const request = { job: jobOf([{ id: 'a', run: 'true' }]), params: { token: 'hunter2-in-clear' }, only: {} };
    const error = await services.submitRun({ request, actor: 't' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'params.invalid' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });

  it('show in no list of processes, and the files of the agents are their own', async () => {
    const { run, services, stateDir } = await open(hostsFleet(1, 1), {
      'local:shop/token': token,
      'local:shop/password': password,
    });
    const view = await run(
      jobOf([
        {
          id: 'a',
          // The processes of this node only: others of the machine may be those of other tests.
          run: `for p in /proc/[0-9]*; do grep -qF "$HOME" $p/environ 2>/dev/null && { tr '\\0' ' ' <$p/cmdline; echo; }; done > "$HOME/ps"; ls -l "$HOME/tmp" > "$HOME/ls"`,
        },
      ]),
      { token: 'local:shop/token' },
    );
    expect(view.status).toBe('succeeded');
    for (const file of filesBelow(join(stateDir, 'instances')).filter((name) => name.endsWith('/ps'))) {
      const text = readFileSync(file, 'utf8');
      expect(text).toContain('timeout');
      expect(text).not.toContain(token);
      // Neither what opens them nor where they are.
      expect(text).not.toMatch(/openssl|blobs\/secrets/);
    }
    for (const file of filesBelow(join(stateDir, 'instances')).filter((name) => name.includes('_script')))
      expect(statSync(file).mode & 0o077).toBe(0);
    expect(services).toBeDefined();
  });
});
