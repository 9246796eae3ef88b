import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { withoutCode } from '#infra/bundle-functions.ts';
import { readConfig } from '#infra/config.ts';
import { DroverStack } from '#infra/stacks/drover-stack.ts';
import settings from '../../cdk.json' with { type: 'json' };

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is CloudFormation's, and each test asserts the part it reads
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** A synthesised stack. */
export interface Synthesised {
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
  /** Resources of a type, by logical id. */
  ofType(type: string): readonly (readonly [string, Resource])[];
}

/** The stack as CDK writes it for a context, with the flags of cdk.json and without code. */
export const synthesise = (context: Readonly<Record<string, string>> = {}): Synthesised => {
  const app = new App({ context: settings.context });
  const stack = new DroverStack(app, 'Drover-test', { config: readConfig((key) => context[key]), codeOf: withoutCode });
  const template = Template.fromStack(stack);
  const resources: Readonly<Record<string, Resource>> = template.toJSON()['Resources'];
  return {
    template,
    resources,
    ofType: (type) => Object.entries(resources).filter(([, resource]) => resource.Type === type),
  };
};
