import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions, type CodeOf, withoutCode } from '../bundle-functions.ts';
import { consoleClientOf, readConfig } from '../config.ts';
import { functionFolders } from '../function-table.ts';
import { justify } from '../justifications.ts';
import { DroverStack } from '../stacks/drover-stack.ts';

const app = new App();
// The CDK's CLI says whose credentials it has; without any the account is not known before the functions run, which check it again.
const config = readConfig((key) => app.node.tryGetContext(key), process.env['CDK_DEFAULT_ACCOUNT']);

/** The CDK's CLI names no stacks to bundle for commands that only need their names (`ls`, `destroy`). */
const bundled = (): Promise<CodeOf> | CodeOf => {
  const stacks: unknown = app.node.tryGetContext('aws:cdk:bundling-stacks');
  if (Array.isArray(stacks) && stacks.length === 0) return withoutCode;
  const folders = functionFolders({ withConsole: consoleClientOf(config) !== undefined });
  return bundleFunctions(folders, join(app.outdir, 'bundles'));
};

const stack = new DroverStack(app, `Drover-${config.stage}`, { config, codeOf: await bundled() });
justify(stack);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
