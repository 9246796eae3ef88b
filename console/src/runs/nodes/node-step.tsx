import { type ReactNode, useState } from 'react';
import type { ResultView } from '#shared/contract/run-views.ts';
import { stopText } from '#shared/format/stops-text.ts';
import { timeText } from '#shared/format/time-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { RunId } from '#shared/model/ids.ts';
import { StatusMark } from '../../parts/status-mark.tsx';
import { StreamView } from '../output/stream-view.tsx';
import type { NodeStep } from './node-steps.ts';
import styles from './nodes.module.css';

const Values = ({ values }: { readonly values: readonly (readonly [name: string, value: string])[] }) =>
  values.length === 0 ? null : (
    <dl className={styles['values']}>
      {values.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );

const factsOf = (result: ResultView): readonly (readonly [string, string])[] => {
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['signal', result.signal],
    ['stopped', stopText(result.stop)],
    ['agent says', result.rawStatus],
    ['began', result.startedAt === null ? null : timeText(result.startedAt)],
    ['recorded', timeText(result.recordedAt)],
    ['invocation', result.agentInvocationId],
    ['answered again', result.replayed ? 'yes: a second arrival, which ran nothing' : ''],
  ];
  return facts.flatMap(([name, value]) => (value == null || value === '' ? [] : [[name, value] as const]));
};

/** One try of one operation: how it ended and what it printed. */
const ResultBody = (props: { readonly runId: RunId; readonly result: ResultView; readonly wraps: boolean }) => {
  const { result } = props;
  const outputs = Object.entries(result.outputs);
  return (
    <div className={styles['body']}>
      {result.reason !== null && <p className={styles['reason']}>{result.reason}</p>}
      <StreamView {...props} stream="stdout" />
      <StreamView {...props} stream="stderr" />
      {result.omittedBytes > 0 && (
        <p className="dim">
          {result.omittedBytes} bytes of output are kept nowhere
          {result.uploadProblem !== undefined && ` (${result.uploadProblem})`}
        </p>
      )}
      {outputs.length > 0 && <h3>Outputs</h3>}
      <Values values={outputs} />
      <details>
        <summary className="dim">When and how</summary>
        <Values values={factsOf(result)} />
      </details>
    </div>
  );
};

const EndOf = ({ result: { status, exitCode, durationMs, attempt, tryNumber } }: { readonly result: ResultView }) => (
  <>
    <StatusMark status={status} />
    {exitCode !== null && <span>exit {exitCode}</span>}
    {durationMs !== null && <span className="dim">{formatDuration(durationMs)}</span>}
    {attempt > 1 && <span className="dim">attempt {attempt}</span>}
    {tryNumber > 0 && <span className="dim">try {tryNumber + 1}</span>}
  </>
);

/** A part that is drawn only while it is open; the person's own choice stays. */
const Fold = ({
  isOpen,
  heading,
  children,
}: {
  readonly isOpen: boolean;
  readonly heading: ReactNode;
  readonly children: () => ReactNode;
}) => {
  const [own, setOwn] = useState<boolean>();
  const isShown = own ?? isOpen;
  return (
    <details
      className={styles['step']}
      open={isShown}
      onToggle={({ currentTarget, target }) => {
        if (target === currentTarget && currentTarget.open !== isShown) setOwn(currentTarget.open);
      }}
    >
      <summary>{heading}</summary>
      {isShown && children()}
    </details>
  );
};

interface StepProps {
  readonly runId: RunId;
  readonly step: NodeStep;
  readonly wraps: boolean;
  readonly isOpen: boolean;
}

const StepHeading = ({ step: { operation, group, phase, last } }: Pick<StepProps, 'step'>) => (
  <>
    <span className={styles['operation']}>{operation}</span>
    <span className="dim">
      {group}/{phase}
      {last.round > 0 && ` round ${last.round}`}
    </span>
    <EndOf result={last} />
  </>
);

const EarlierHeading = ({ result }: { readonly result: ResultView }) => (
  <>
    <span className="dim">before that</span>
    <EndOf result={result} />
  </>
);

/** An operation on a node: the last try, and the earlier ones folded. */
export const StepView = ({ runId, step, wraps, isOpen }: StepProps) => (
  <Fold isOpen={isOpen} heading={<StepHeading step={step} />}>
    {() => (
      <>
        <ResultBody runId={runId} result={step.last} wraps={wraps} />
        {step.earlier.map((result) => (
          <Fold key={result.resultId} isOpen={false} heading={<EarlierHeading result={result} />}>
            {() => <ResultBody runId={runId} result={result} wraps={wraps} />}
          </Fold>
        ))}
      </>
    )}
  </Fold>
);
