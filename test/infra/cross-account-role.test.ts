import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, type Tags } from 'yaml';
import { defaultTargetRole } from '#shared/config/accounts.ts';
import { actionsOf, type Statement, statementsByOwner } from './statements.ts';
import { synthesise } from './synth.ts';

/** CloudFormation's short forms, as its long ones. */
const shortForms = (tags: Tags): Tags => [
  ...tags,
  { tag: '!Ref', resolve: (value: string) => ({ Ref: value }) },
  ...['Sub', 'GetAtt'].map((name) => ({ tag: `!${name}`, resolve: (value: string) => ({ [`Fn::${name}`]: value }) })),
  ...['If', 'Not', 'Equals'].map((name) => ({
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (value: object) => ({ [`Fn::${name}`]: JSON.parse(JSON.stringify(value)) }),
  })),
];

const text = readFileSync(new URL('../../docs/cross-account-role.yaml', import.meta.url), 'utf8');
const template = parse(text, { customTags: shortForms });
const { TargetRole, ForwardingRole, CommandEnded } = template.Resources;
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
    const [send] = granted.filter((one) => actionsOf(one).includes('ssm:SendCommand'));
    const [ownSend] = ofFunctions.filter((one) => actionsOf(one).includes('ssm:SendCommand'));
    const endings = (statement: Statement | undefined) =>
      sorted(JSON.stringify(statement?.Resource).match(/(document|instance|managed-instance)\/[^"]*/g) ?? []);
    expect(endings(send)).toEqual(endings(ownSend));
    for (const resource of [send?.Resource].flat().map((one) => JSON.stringify(one)))
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
    expect(template.Parameters.RoleName.Default).toBe(defaultTargetRole);
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
    const { AllowedPattern } = template.Parameters.EventBusArn;
    expect('arn:aws:events:eu-west-1:111111111111:event-bus/Drover-prod-agents').toMatch(new RegExp(AllowedPattern));
    expect(stack.template.findOutputs('AgentEventBusArn')).not.toEqual({});
    // A role of the stack without a name of its own is called after the stack, with a hyphen.
    for (const [, role] of stack.ofType('AWS::IAM::Role')) expect(role.Properties.RoleName).toBeUndefined();
  });

  it('names every parameter that it uses, and every condition', () => {
    const used = JSON.stringify(template);
    const missing = [...used.matchAll(/"Ref":"(\w+)"/g), ...used.matchAll(/\$\{(\w+)\}/g)]
      .map(([, name]) => name ?? '')
      .filter((name) => !(name in template.Parameters) && !(name in template.Resources));
    expect(missing).toEqual([]);
    for (const [, { Condition }] of Object.entries<{ readonly Condition?: string }>(template.Resources))
      expect(Object.keys(template.Conditions)).toContain(Condition);
  });
});
