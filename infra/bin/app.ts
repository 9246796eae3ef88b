import { App } from 'aws-cdk-lib';
import { readConfig } from '../config.ts';
import { DroverStack } from '../stacks/drover-stack.ts';

const app = new App();
const config = readConfig((key) => app.node.tryGetContext(key));
new DroverStack(app, `Drover-${config.stage}`, { config });
