import { useState } from 'react';
import type { GateRequestInput } from '#shared/client/client.ts';
import { timeText } from '#shared/format/time-text.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { RunId } from '#shared/model/ids.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import form from '../actions/form.module.css';
import { useRunChange } from '../actions/run-change.ts';
import { GateAnswer } from './gate-answer.tsx';
import { answerProblem, gateRequest } from './gate-request.ts';
import styles from './gates.module.css';
import { Votes } from './votes.tsx';

type Decide = (decision: GateRequestInput['decision'], answer?: readonly string[]) => void;

/** What the person does: the answers of a gate of buttons, or answer, or approve; and always reject. */
const Decisions = ({
  gate,
  answer,
  isPending,
  decide,
}: {
  readonly gate: GateRecord;
  readonly answer: readonly string[];
  readonly isPending: boolean;
  readonly decide: Decide;
}) => {
  const problem = answerProblem(gate, answer);
  const options = gate.input?.type === 'button' ? (gate.input.options ?? []) : undefined;
  return (
    <div className={form['chips']}>
      {options?.map((option) => (
        <Button key={option} kind="primary" disabled={isPending} onClick={() => decide('answer', [option])}>
          {option}
        </Button>
      ))}
      {gate.kind === 'input' && options === undefined && (
        <Button
          kind="primary"
          disabled={isPending || problem !== undefined}
          title={problem}
          onClick={() => decide('answer', answer)}
        >
          Answer
        </Button>
      )}
      {gate.kind !== 'input' && (
        <Button kind="primary" disabled={isPending} onClick={() => decide('approve')}>
          Approve
        </Button>
      )}
      <Button kind="danger" disabled={isPending} onClick={() => decide('reject')}>
        Reject
      </Button>
    </div>
  );
};

const needsText = ({ count, of, fourEyes }: GateRecord): string => {
  const who = of === undefined ? '' : ` of ${of.join(', ')}`;
  const eyes = fourEyes ? ', not by who started the run' : '';
  return `${count === 1 ? 'one approval' : `${count} approvals`}${who}${eyes}`;
};

/** A gate where the run waits: what is asked, who has said what, and what the person says. */
export const OpenGate = ({ runId, gate }: { readonly runId: RunId; readonly gate: GateRecord }) => {
  const { client } = useApi();
  const [comment, setComment] = useState('');
  const [answer, setAnswer] = useState<readonly string[]>([]);
  const change = useRunChange(runId, (request: GateRequestInput) => client.decideGate(runId, request));
  const decide: Decide = (decision, said = answer) =>
    change.mutate(gateRequest(gate, decision, { comment, answer: said }));
  const isInput = gate.kind === 'input';
  return (
    <Panel title={isInput ? 'Waits for an answer' : 'Waits for approval'}>
      <div className={styles['gate']}>
        <p className={styles['message']}>{gate.message}</p>
        <p className="dim">
          <code>{gate.gateId}</code> {!isInput && `needs ${needsText(gate)} `}until {timeText(gate.expiresAt)}
          {gate.digest !== undefined && (
            <>
              {' '}
              for the plan <code title={gate.digest}>{gate.digest.slice(0, 19)}</code>
            </>
          )}
        </p>
        <Votes gate={gate} />
        {isInput && <GateAnswer gate={gate} answer={answer} onAnswer={setAnswer} />}
        <label className={form['field']}>
          <span>Comment</span>
          <input value={comment} maxLength={1024} onChange={({ target }) => setComment(target.value)} />
        </label>
        <Decisions gate={gate} answer={answer} isPending={change.isPending} decide={decide} />
        {change.error !== null && <Failure error={change.error} />}
      </div>
    </Panel>
  );
};
