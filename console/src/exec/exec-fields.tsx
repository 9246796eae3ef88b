import type { TargetSetSummary } from '#shared/contract/target-views.ts';
import { interpreters } from '#shared/model/job.ts';
import { SetChoice } from '../nodes/set-choice.tsx';
import { Fields, FormField } from '../parts/form-field.tsx';
import type { ExecForm, ExecProblems } from './exec-form.ts';
import styles from './exec-screen.module.css';

interface FieldsProps {
  readonly form: ExecForm;
  readonly problems: ExecProblems;
  readonly onChange: (change: Partial<ExecForm>) => void;
}

/** What is run, and by what. */
export const CommandFields = ({ form, problems, onChange }: FieldsProps) => (
  <>
    <div className={styles['wide']}>
      <FormField label="Script" isRequired error={problems.script}>
        {(props) => (
          <textarea
            {...props}
            className={`${props.className} mono`}
            rows={8}
            spellCheck={false}
            placeholder="df -h | tail -1"
            value={form.script}
            onChange={({ target }) => onChange({ script: target.value })}
          />
        )}
      </FormField>
    </div>
    <Fields>
      <FormField label="Run by">
        {(props) => (
          <select
            {...props}
            value={form.interpreter}
            onChange={({ target }) =>
              onChange({ interpreter: interpreters.find((one) => one === target.value) ?? 'sh' })
            }
          >
            {interpreters.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </FormField>
      <TextField label="As user" hint="That of the agent when empty." field="runAs" form={form} onChange={onChange} />
      <TextField
        {...{ form, onChange }}
        label="Timeout"
        hint="For each node, such as 30s; 1h when empty."
        field="timeout"
        problem={problems.timeout}
      />
    </Fields>
  </>
);

const TextField = ({
  label,
  hint,
  field,
  problem,
  form,
  onChange,
}: Omit<FieldsProps, 'problems'> & {
  readonly label: string;
  readonly hint: string;
  readonly field: 'runAs' | 'timeout' | 'atOnce' | 'maxFailures';
  readonly problem?: string | undefined;
}) => (
  <FormField label={label} hint={hint} error={problem}>
    {(props) => <input {...props} value={form[field]} onChange={({ target }) => onChange({ [field]: target.value })} />}
  </FormField>
);

/** On which nodes it is run, how many at once, and how many failures are borne. */
export const TargetFields = ({
  form,
  problems,
  onChange,
  sets,
}: FieldsProps & { readonly sets: readonly TargetSetSummary[] }) => (
  <>
    <div className={styles['wide']}>
      <FormField label="Condition" hint="A CEL condition over node; true is all nodes." error={problems.where}>
        {(props) => (
          <input
            {...props}
            className={`${props.className} mono`}
            spellCheck={false}
            placeholder={'node.tags.role == "web"'}
            value={form.where}
            onChange={({ target }) => onChange({ where: target.value })}
          />
        )}
      </FormField>
    </div>
    <Fields>
      <SetChoice sets={sets} value={form.set} none="none" onChoose={(set) => onChange({ set })} />
      <TextField
        {...{ form, onChange }}
        label="Nodes at once"
        hint="A number or a percentage; all when empty."
        field="atOnce"
        problem={problems.atOnce}
      />
      <TextField
        {...{ form, onChange }}
        label="Failures to bear"
        hint="A number or a percentage; after more, no further node starts."
        field="maxFailures"
        problem={problems.maxFailures}
      />
    </Fields>
  </>
);
