import type { GateRecord } from '#shared/model/gate.ts';
import form from '../actions/form.module.css';

/** What can be answered at a gate: one of several, several, or a text. A gate of buttons has them where others have approve. */
export const GateAnswer = ({
  gate: { gateId, input },
  answer,
  onAnswer,
}: {
  readonly gate: GateRecord;
  readonly answer: readonly string[];
  readonly onAnswer: (answer: readonly string[]) => void;
}) => {
  const { type = 'text', options = [], pattern } = input ?? {};
  if (type === 'button') return null;
  if (type === 'text')
    return (
      <label className={form['field']}>
        <span>Answer{pattern !== undefined && <span className="dim"> (has to match {pattern})</span>}</span>
        <input value={answer[0] ?? ''} maxLength={4096} onChange={({ target }) => onAnswer([target.value])} />
      </label>
    );
  const isMulti = type === 'multiSelect';
  const choose = (option: string, isChosen: boolean): void => {
    if (!isMulti) onAnswer([option]);
    else onAnswer(options.filter((one) => (one === option ? isChosen : answer.includes(one))));
  };
  return (
    <fieldset className={form['choices']}>
      <legend>{isMulti ? 'Choose any' : 'Choose one'}</legend>
      {options.map((option) => (
        <label key={option} className={form['choice']}>
          <input
            type={isMulti ? 'checkbox' : 'radio'}
            name={gateId}
            checked={answer.includes(option)}
            onChange={({ target }) => choose(option, target.checked)}
          />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
};
