import type { TargetSetSummary } from '#shared/contract/target-views.ts';
import { interpreters } from '#shared/model/job.ts';
import { Field } from '../parts/field.tsx';
import type { ExecForm, ExecProblems } from './exec-form.ts';
import styles from './exec-screen.module.css';

/** What the fields of a form have in common. */
export interface FieldsProps {
  readonly form: ExecForm;
  readonly problems: ExecProblems;
  readonly onChange: (change: Partial<ExecForm>) => void;
}

/** What is run, and by what. */
export const CommandFields = ({ form, problems, onChange }: FieldsProps) => (
  <>
    <Field id="script" label="Script" problem={problems.script}>
      <textarea
        id="script"
        className="mono"
        rows={8}
        spellCheck={false}
        placeholder="df -h | tail -1"
        value={form.script}
        onChange={({ target }) => onChange({ script: target.value })}
      />
    </Field>
    <div className={styles['row']}>
      <Field id="interpreter" label="Run by">
        <select
          id="interpreter"
          value={form.interpreter}
          onChange={({ target }) => onChange({ interpreter: interpreters.find((one) => one === target.value) ?? 'sh' })}
        >
          {interpreters.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <Field id="run-as" label="As user">
        <input
          id="run-as"
          placeholder="that of the agent"
          value={form.runAs}
          onChange={({ target }) => onChange({ runAs: target.value })}
        />
      </Field>
      <Field id="timeout" label="Timeout" problem={problems.timeout}>
        <input
          id="timeout"
          placeholder="1h"
          value={form.timeout}
          onChange={({ target }) => onChange({ timeout: target.value })}
        />
      </Field>
    </div>
  </>
);

/** On which nodes it is run, and how many at once. */
export const TargetFields = ({
  form,
  problems,
  onChange,
  sets,
}: FieldsProps & { readonly sets: readonly TargetSetSummary[] }) => (
  <>
    <div className={styles['where']}>
      <Field id="exec-set" label="Target set">
        <select id="exec-set" value={form.set} onChange={({ target }) => onChange({ set: target.value })}>
          <option value="">none</option>
          {sets.map(({ name, outline }) => (
            <option key={name} value={name} title={outline}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field id="exec-where" label="Condition" problem={problems.where}>
        <input
          id="exec-where"
          className="mono"
          spellCheck={false}
          placeholder={'node.tags.role == "web"'}
          value={form.where}
          onChange={({ target }) => onChange({ where: target.value })}
        />
      </Field>
    </div>
    <div className={styles['row']}>
      <Field id="at-once" label="Nodes at once" hint="A number or a percentage" problem={problems.atOnce}>
        <input
          id="at-once"
          placeholder="all"
          value={form.atOnce}
          onChange={({ target }) => onChange({ atOnce: target.value })}
        />
      </Field>
      <Field
        id="max-failures"
        label="Failures to bear"
        hint="After more, no further node starts"
        problem={problems.maxFailures}
      >
        <input
          id="max-failures"
          value={form.maxFailures}
          onChange={({ target }) => onChange({ maxFailures: target.value })}
        />
      </Field>
    </div>
  </>
);
