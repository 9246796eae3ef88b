import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withOutputPath } from '#shared/import/autoexec/output-prologue.ts';
import type { Interpreter } from '#shared/model/job.ts';

const pythonBody = 'import os\nopen(os.environ["OUTPUT_PATH"], "w").write("kept")\n';

const scripts: readonly (readonly [string, Interpreter, string])[] = [
  ['sh', 'sh', '#!/bin/sh\nset -u\nprintf kept >"$OUTPUT_PATH"\n'],
  ['sh without a first line or a last line end', 'sh', 'sh -c \'printf kept >"$OUTPUT_PATH"\''],
  ['bash', 'bash', '#!/bin/bash -e\nprintf kept >"${OUTPUT_PATH}"\n'],
  ['python3', 'python3', `#!/usr/bin/env python3\n${pythonBody}`],
  ['python3 with an encoding line', 'python3', `#!/usr/bin/python\n# -*- coding: latin-1 -*-\n\n${pythonBody}`],
  [
    'python3 with a docstring and future imports',
    'python3',
    `#!/usr/bin/python\n"""Says what\nit does."""\n\nfrom __future__ import (\n  division,\n)\nfrom __future__ import annotations  # types\n${pythonBody}assert __doc__.startswith("Says")\n`,
  ],
  ['python3 with a one-line docstring', 'python3', `'It\\'s short'\n${pythonBody}assert __doc__ == "It's short"\n`],
  [
    'perl',
    'perl',
    '#!/usr/bin/perl -w\nuse strict;\nopen(my $out, ">", $ENV{OUTPUT_PATH}) or die; print $out "kept"; close($out);\n__END__\nnotes\n',
  ],
  [
    'node in strict mode',
    'node',
    "#!/usr/bin/env node\n// writes\n'use strict';\nif (this === undefined || (function () { return this; })()) process.exit(9);\nrequire('fs').writeFileSync(process.env.OUTPUT_PATH, 'kept');\n",
  ],
];

describe('withOutputPath', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-prologue-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(scripts)('lets a script of %s write its outputs to where Drover reads them', (_name, interpreter, script) => {
    const file = join(folder, 'script');
    const output = join(folder, 'output');
    writeFileSync(output, '');
    writeFileSync(file, withOutputPath(script, interpreter));
    const { OUTPUT_PATH: _unset, ...env } = process.env;
    const ended = spawnSync(interpreter, [file], { env: { ...env, DROVER_OUTPUT: output }, encoding: 'utf8' });
    expect(ended.stderr).toBe('');
    expect(ended.status).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe('kept');
  });

  it('changes nothing but adding one line', () => {
    for (const [, interpreter, script] of scripts) {
      const lines = withOutputPath(script, interpreter).trimEnd().split('\n');
      const written = script.trimEnd().split('\n');
      const added = lines.findIndex((line, index) => line !== written[index]);
      expect(lines.toSpliced(added, 1)).toEqual(written);
    }
  });
});
