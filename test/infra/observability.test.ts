import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesise } from './synth.ts';

const stack = synthesise({ stage: 'prod', alarmMail: 'sre@example.com' });
const alarms = stack.ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const runbook = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const sections = [...runbook.matchAll(/^### ([\w-]+)\n\n(.+)/gm)].map(([, name = '', text = '']) => ({ name, text }));

describe('alarms', () => {
  it('each have a section in the runbook, and each section an alarm', () => {
    const named = alarms.map(({ AlarmDescription }) => /docs\/operations\.md#([\w-]+)$/.exec(AlarmDescription)?.[1]);
    expect(named.toSorted()).toEqual(sections.map(({ name }) => name).toSorted());
    for (const { name, text } of sections) expect(text.length, name).toBeGreaterThan(60);
  });

  it('are as many as an account has free', () => {
    expect(alarms).toHaveLength(10);
    expect(stack.ofType('AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });

  it('tell somebody when they begin and when they end', () => {
    const [[topic] = []] = stack.ofType('AWS::SNS::Topic');
    for (const { AlarmName, AlarmActions, OKActions } of alarms)
      expect([AlarmActions, OKActions], AlarmName).toEqual([[{ Ref: topic }], [{ Ref: topic }]]);
    stack.template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'sre@example.com' });
    expect(synthesise().ofType('AWS::SNS::Subscription')).toEqual([]);
  });

  it('are quiet while nothing runs, but for the one that misses the sweep', () => {
    const loud = alarms.filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching');
    expect(loud.map(({ AlarmName }) => AlarmName)).toEqual(['drover-prod-sweep-missing']);
  });

  it('look at the metrics of this deployment, which its functions write', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === 'Drover');
    expect(own.length).toBeGreaterThan(0);
    for (const { Dimensions } of own)
      expect(Dimensions).toEqual([
        { Name: 'deployment', Value: 'prod' },
        { Name: 'service', Value: 'drover' },
      ]);
    stack.template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ DROVER_DEPLOYMENT: 'prod' }) },
    });
  });
});

describe('the topic of alarms', () => {
  it('refuses plain HTTP', () => {
    stack.template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});
