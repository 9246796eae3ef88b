import { fileURLToPath } from 'node:url';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { defaultTargetRole } from '#shared/config/accounts.ts';
import { noInstance } from '#shared/config/ssm-documents.ts';
import { actionsOf, type Statement, statementsByOwner } from './statements.ts';
import { synthesise } from './synth.ts';

/** The template as CloudFormation reads it; a reference to what is not there, or a property that no resource has, would throw. */
const included = new Stack(new App(), 'Included');
new CfnInclude(included, 'Template', {
  templateFile: fileURLToPath(new URL('../../docs/cross-account-role.yaml', import.meta.url)),
});
Validations.of(included).acknowledge({
  id: 'CloudFormation-Validate::W1030',
  reason: 'The rule is made only where the address of the bus is not empty.',
});
const template = Template.fromStack(included).toJSON();
const { TargetRole, ForwardingRole, CommandEnded } = template['Resources'];
const granted: readonly Statement[] = TargetRole.Properties.Policies[0].PolicyDocument.Statement;

const stack = synthesise({ awsAccounts: '[{"account":"222222222222"}]' });
const owners = statementsByOwner(stack);

/** What functions may do in their own account with instances: all of SSM but its parameters, tags and EC2. */
const ofFunctions = [...owners.values()]
  .flat()
  .filter((one) => actionsOf(one).some((action) => /^(ssm|tag|ec2):/.test(action) && action !== 'ssm:GetParameter'));

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

describe('the template for other accounts', () => {
  it('allows what the functions may do in their own account, and nothing else', () => {
    const own = ofFunctions.flatMap(actionsOf).filter((action) => /^(ssm|tag|ec2):/.test(action));
    expect(granted.flatMap(actionsOf).sort()).toEqual(sorted(own.filter((action) => action !== 'ssm:GetParameter')));
  });

  it('allows commands on the same documents and kinds of instances, of its own account', () => {
    const targets = (statements: readonly Statement[]) =>
      statements.filter((one) => actionsOf(one).includes('ssm:SendCommand')).flatMap(({ Resource }) => Resource);
    const endings = (resources: readonly unknown[]) =>
      sorted(JSON.stringify(resources).match(/(document|instance|managed-instance)\/[^"]*/g) ?? []);
    // The instance that there is not, of examinations, is one of all instances.
    const meant = endings(targets(ofFunctions)).filter((one) => one !== `instance/${noInstance}`);
    expect(endings(targets(granted))).toEqual(meant);
    for (const resource of targets(granted).map((one) => JSON.stringify(one)))
      expect(resource).toMatch(/:document\/|\$\{AWS::AccountId\}/);
  });

  it('trusts Drover’s roles only, with the external id where there is one', () => {
    const [trust] = TargetRole.Properties.AssumeRolePolicyDocument.Statement;
    expect(trust).toEqual({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${DroverAccount}:root' } },
      Condition: {
        ArnLike: {
          'aws:PrincipalArn': {
            'Fn::Sub': 'arn:${AWS::Partition}:iam::${DroverAccount}:role/${FunctionRolePrefix}*',
          },
        },
        StringEquals: {
          'Fn::If': ['HasExternalId', { 'sts:ExternalId': { Ref: 'ExternalId' } }, { Ref: 'AWS::NoValue' }],
        },
      },
    });
    expect(template['Parameters'].RoleName.Default).toBe(defaultTargetRole);
  });

  it('forwards exactly the events that the stack listens to, and may put events nowhere else', () => {
    const [[, rule] = []] = stack.ofType('AWS::Events::Rule').filter(([id]) => id.includes('ForwardedCommandEnded'));
    const { account, ...pattern } = rule?.Properties.EventPattern ?? {};
    expect(CommandEnded.Properties.EventPattern).toEqual(pattern);
    expect(account).toEqual([{ Ref: 'AWS::AccountId' }, '222222222222']);
    expect(ForwardingRole.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'EventBusArn' } },
    ]);
  });

  it('takes what the stack gives: the address of its bus, and the start of the names of its roles', () => {
    const { AllowedPattern } = template['Parameters'].EventBusArn;
    expect('arn:aws:events:eu-west-1:111111111111:event-bus/Drover-prod-agents').toMatch(new RegExp(AllowedPattern));
    expect(stack.template.findOutputs('AgentEventBusArn')).not.toEqual({});
    // A role of the stack without a name of its own is called after the stack, with a hyphen.
    for (const [, role] of stack.ofType('AWS::IAM::Role')) expect(role.Properties.RoleName).toBeUndefined();
  });

  it('passes the AWS Solutions checks, but for any region, any instance, and calls that know no resources', () => {
    const found = new AwsSolutionsChecks()
      .validateScope(included)
      .violations.map(({ ruleName }) => ruleName.replaceAll(/<[^>]*>/g, '').replace('arn:', ''));
    expect(found.sort()).toEqual([
      'AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions-IAM5[Resource:::ec2:*::instance/*]',
      'AwsSolutions-IAM5[Resource:::ssm:*::document/AWS-RunPowerShellScript]',
      'AwsSolutions-IAM5[Resource:::ssm:*::document/AWS-RunShellScript]',
      'AwsSolutions-IAM5[Resource:::ssm:*::document/AWS-UpdateSSMAgent]',
      'AwsSolutions-IAM5[Resource:::ssm:*::managed-instance/*]',
    ]);
  });
});
