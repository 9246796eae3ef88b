import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Why a finding of the AWS Solutions pack is as it should be. */
export interface Justification {
  readonly rule: string;
  /** What is found, for rules that find several things in one resource; absent: anything. */
  readonly finding?: RegExp;
  /** Path of the construct below the stack. */
  readonly at: RegExp;
  readonly reason: string;
}

const functionPolicies =
  /^(Tasks\/\w+|ApiFunction|Schedules\/TimedFire|Examiner\/Examine|Console\/Page)Role\/DefaultPolicy/;

/** Every finding that is accepted. What none of these explains fails the synthesis, and one that explains nothing fails a test. */
export const justifications: readonly Justification[] = [
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::\*$/,
    at: functionPolicies,
    reason:
      'X-Ray, and the calls of SSM and of the tagging API that read, know no resources in IAM; the latter are held to the configured regions by a condition.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::\*$/,
    at: /^Workflow\/Run\/Role\/DefaultPolicy/,
    reason: 'X-Ray and the delivery of logs know no resources in IAM.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::arn:.*:(instance|managed-instance)\/\*$/,
    at: functionPolicies,
    reason:
      'Jobs run on any instance of the account in the configured regions; the documents that may be sent are named.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::<StorageBlobs\w+\.Arn>\/[\w/]+\/\*$/,
    at: functionPolicies,
    reason: 'Blobs are named by their content; each function is held to the folders that it uses.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::arn:.*:(parameter\/|secret:).*\*$/,
    at: functionPolicies,
    reason: 'Secrets that jobs may refer to are configured by the starts of their names.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::arn:.*:states:.*:execution:.*:\*$/,
    at: /^Workflow\/MapRuns\/|^Tasks\/(SettleRun|SweepRuns)Role\/DefaultPolicy/,
    reason:
      'The machine watches and stops the executions of its own distributed Map, whose names Step Functions makes; those who look after runs see the executions of this machine.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::arn:.*:scheduler:.*:schedule\/<AWS::StackName>\/\*$/,
    at: /^ApiFunctionRole\/DefaultPolicy/,
    reason: 'Schedules have names that people give; the API is held to the group of the stack.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: /^Resource::<SchedulesTimedFire\w+\.Arn>:\*$/,
    at: /^Schedules\/Role\/DefaultPolicy/,
    reason: 'Any version of the one function that schedules call.',
  },
  {
    rule: 'AwsSolutions-APIG4',
    at: /^TokenHttp\/Api\/(GET|HEAD)--(console(--\{proxy\+\})?)?\//,
    reason:
      'The page of the web console, and where to sign in: files without data, of a function without rights. What the page shows is asked of the guarded routes.',
  },
  {
    rule: 'AwsSolutions-SF1',
    at: /^Workflow\/Run\//,
    reason:
      'Step Functions keeps the history of every execution for 90 days; a copy of it all in the log would cost more than the run.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    at: /^DeadLetters\//,
    reason: 'It is itself the queue of what could not be delivered.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: /^Storage\/Blobs\//,
    reason:
      'Only Drover reads and writes here, and its calls are in its own records; server access logs would need a second bucket. CloudTrail data events can be switched on for the account.',
  },
];

const findingOf = (ruleName: string): { readonly rule: string; readonly finding: string } => {
  const [, rule = ruleName, finding = ''] = /^([\w-]+)\[(.*)\]$/s.exec(ruleName) ?? [];
  return { rule, finding };
};

const belowStack = (path: string): string => path.split('/').slice(1).join('/');

const constructAt = (root: IConstruct, path: string): IConstruct =>
  belowStack(path)
    .split('/')
    .reduce((node, id) => node.node.findChild(id), root);

/**
 * Checks a stack against the AWS Solutions pack, and acknowledges in it what a justification explains; the rest is left for the synthesis to
 * complain of. Returns the justifications that were of use.
 */
export const justify = (stack: IConstruct): ReadonlySet<Justification> => {
  const used = new Set<Justification>();
  for (const { ruleName, violatingResources } of new AwsSolutionsChecks().validateScope(stack).violations) {
    const { rule, finding } = findingOf(ruleName);
    for (const { constructPath = '' } of violatingResources ?? []) {
      const found = justifications.find(
        (one) => one.rule === rule && one.at.test(belowStack(constructPath)) && (one.finding?.test(finding) ?? true),
      );
      if (found === undefined) continue;
      used.add(found);
      Validations.of(constructAt(stack, constructPath)).acknowledge({ id: ruleName, reason: found.reason });
    }
  }
  return used;
};
