import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { metricsNamespace } from '#shared/config/metrics.ts';
import type { Metric as MetricFact } from '#shared/ports/services.ts';
import type { Config } from '../config.ts';

/** What is watched. */
export interface ObservabilityProps {
  readonly config: Config;
  readonly stateMachine: StateMachine;
  readonly deadLetters: IQueue;
  readonly table: Table;
  readonly apiId: string;
  readonly sweepRuns: IFunction;
  readonly invokeOperation: IFunction;
}

interface AlarmSpec {
  readonly metric: IMetric;
  /** What has happened, as a sentence. */
  readonly says: string;
  readonly above: number;
  readonly periods?: number;
  /** What no data means; nothing wrong unless said otherwise. */
  readonly missing?: TreatMissingData;
  readonly below?: true;
}

const period = Duration.minutes(5);

/**
 * Alarms, each with a section of the same name in docs/operations.md, and a dashboard. There are ten alarms and one dashboard, as many as an
 * account has free of charge.
 */
export class Observability extends Construct {
  readonly topic: Topic;
  private readonly stage: string;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { config } = props;
    this.stage = config.stage;
    // CloudWatch cannot publish to a topic under the key that AWS manages; what is said names no node and no value.
    this.topic = new Topic(this, 'Alarms', { displayName: `Drover ${config.stage}`, enforceSSL: true });
    if (config.alarmMail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmMail));
    for (const [name, spec] of Object.entries(this.specs(props))) this.alarm(name, spec);
    this.dashboard(props);
  }

  /** A metric that the functions write. */
  private own(metricName: MetricFact['name'], more: { statistic?: string; dimensions?: Record<string, string> } = {}) {
    const { statistic = Stats.SUM, dimensions = {} } = more;
    const dimensionsMap = { service: 'drover', deployment: this.stage, ...dimensions };
    return new Metric({ namespace: metricsNamespace, metricName, dimensionsMap, statistic, period });
  }

  private specs(props: ObservabilityProps): Readonly<Record<string, AlarmSpec>> {
    const { stateMachine, deadLetters, sweepRuns, invokeOperation } = props;
    return {
      'events-undelivered': {
        metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
        says: 'An event could not be delivered to its function, or the function failed each time.',
        above: 0,
      },
      'executions-failed': {
        metric: stateMachine.metricFailed({ period }),
        says: 'An execution of the run machine failed by itself. Its run was settled as failed.',
        above: 0,
      },
      'runs-settled': {
        metric: this.own('RunsSettled'),
        says: 'A run was ended because its execution had ended without it.',
        above: 0,
      },
      'batches-broken': {
        metric: this.own('BatchesBroken'),
        says: 'The orchestrator could not do its work for a batch; its nodes are lost or were not reached.',
        above: 0,
      },
      'tasks-failed': {
        metric: this.own('TasksFailed'),
        says: 'Functions failed for reasons that do not go away by themselves.',
        above: 0,
      },
      'agents-throttled': {
        metric: this.own('AgentThrottles'),
        says: 'A cloud refuses calls because there are too many.',
        above: 50,
        periods: 3,
      },
      'dispatch-slow': {
        metric: this.own('DispatchLag', { statistic: Stats.percentile(90) }),
        says: 'One sending in ten takes more than half a minute from the decision to the agent.',
        above: 30_000,
        periods: 3,
      },
      'sweep-missing': {
        metric: sweepRuns.metricInvocations({ period: Duration.minutes(30) }),
        says: 'Nobody has looked after open runs for half an hour.',
        above: 1,
        below: true,
        missing: TreatMissingData.BREACHING,
      },
      'api-failing': {
        metric: apiMetric(props.apiId, '5xx'),
        says: 'The HTTP API answers with errors of its own.',
        above: 5,
      },
      'functions-throttled': {
        metric: invokeOperation.metricThrottles({ period }),
        says: 'The account has no concurrency left for Drover’s functions.',
        above: 0,
        periods: 2,
      },
    };
  }

  private alarm(name: string, { metric, says, above, periods = 1, missing, below }: AlarmSpec): void {
    const alarm = new Alarm(this, name, {
      alarmName: `drover-${this.stage}-${name}`,
      alarmDescription: `${says} What to do: docs/operations.md#${name}`,
      metric,
      threshold: above,
      evaluationPeriods: periods,
      comparisonOperator:
        below === true ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }

  private dashboard({ stateMachine, table, apiId, deadLetters }: ObservabilityProps): void {
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: 12, height: 6 });
    const ends = ['succeeded', 'completed', 'failed', 'aborted', 'rejected'].map((status) =>
      this.own('RunsEnded', { dimensions: { status } }).with({ label: status }),
    );
    new Dashboard(this, 'Dashboard', {
      dashboardName: `drover-${this.stage}-${Aws.REGION}`,
      widgets: [
        [graph('How runs end', ends), graph('Open runs', [this.own('RunsOpen', { statistic: Stats.MAXIMUM })])],
        [
          graph('From decision to agent', [
            this.own('DispatchLag', { statistic: Stats.percentile(50) }).with({ label: 'half' }),
            this.own('DispatchLag', { statistic: Stats.percentile(90) }).with({ label: '90 %' }),
          ]),
          graph('Throttled and stopped', [this.own('AgentThrottles'), this.own('BudgetStops')]),
        ],
        [
          graph('Executions', [
            stateMachine.metricStarted(),
            stateMachine.metricSucceeded(),
            stateMachine.metricFailed(),
          ]),
          graph(
            'What went wrong',
            [this.own('TasksFailed'), this.own('BatchesBroken'), this.own('RunsSettled')],
            [deadLetters.metricApproximateNumberOfMessagesVisible()],
          ),
        ],
        [
          graph('Table', [table.metricConsumedWriteCapacityUnits(), table.metricConsumedReadCapacityUnits()]),
          graph('API', [apiMetric(apiId, 'Count'), apiMetric(apiId, '4xx'), apiMetric(apiId, '5xx')]),
        ],
      ],
    });
  }
}

const apiMetric = (apiId: string, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: apiId },
    statistic: Stats.SUM,
    period,
  });
