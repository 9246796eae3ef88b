import type { GateRecord } from '#shared/model/gate.ts';
import { Ago } from '../../parts/times.tsx';

/** Who said what at a gate, and when. */
export const Votes = ({ gate: { votes, answer } }: { readonly gate: GateRecord }) =>
  votes.length === 0 ? null : (
    <ul>
      {votes.map((vote) => (
        <li key={`${vote.actor} ${vote.decision} ${vote.at}`}>
          {vote.decision} by {vote.actor} <Ago at={vote.at} />
          {vote.decision === 'answer' && answer !== undefined && (
            <>
              : <code>{answer}</code>
            </>
          )}
          {vote.comment !== undefined && <> — {vote.comment}</>}
        </li>
      ))}
    </ul>
  );
