import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { withoutCode } from '#infra/bundle-functions.ts';
import { readConfig } from '#infra/config.ts';
import { justifications, justify } from '#infra/justifications.ts';
import { DroverStack } from '#infra/stacks/drover-stack.ts';
import settings from '../../cdk.json' with { type: 'json' };

const everything = {
  stage: 'prod',
  awsAccounts: '[{"account":"222222222222"}]',
  aliyunRegions: 'cn-hangzhou',
  aliyunAccounts: '[{"account":"12345","regions":["cn-hangzhou"],"secret":"shop/aliyun"}]',
  aliyunParameter: '/drover/aliyun',
  secretKeys: 'arn:aws:kms:eu-west-1:000000000000:key/abc',
  oidcIssuer: 'https://issuer.example',
  oidcAudience: 'drover',
  consoleClientId: 'drover-console',
};

const stackOf = (context: Readonly<Record<string, string>>): DroverStack =>
  new DroverStack(new App({ context: settings.context }), 'Drover-checked', {
    config: readConfig((key) => context[key]),
    codeOf: withoutCode,
  });

const findingsOf = (stack: DroverStack) =>
  new AwsSolutionsChecks()
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      (violatingResources ?? []).map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );

describe('the AWS Solutions checks', () => {
  it.each([{}, everything])('find nothing that is not justified: %j', (context) => {
    const stack = stackOf(context);
    expect(findingsOf(stack).length).toBeGreaterThan(0);
    justify(stack);
    expect(findingsOf(stack)).toEqual([]);
  });

  it('are given no reason that explains nothing', () => {
    const used = justify(stackOf(everything));
    expect(justifications.filter((one) => !used.has(one))).toEqual([]);
  });
});
