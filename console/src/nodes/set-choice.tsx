import type { TargetSetSummary } from '#shared/contract/target-views.ts';
import { FormField } from '../parts/form-field.tsx';

/** One of the target sets, or none. */
export const SetChoice = ({
  sets,
  value,
  none,
  onChoose,
}: {
  readonly sets: readonly TargetSetSummary[];
  /** Name of the set; empty for none. */
  readonly value: string;
  /** What none of them means. */
  readonly none: string;
  readonly onChoose: (name: string) => void;
}) => (
  <FormField label="Target set">
    {(props) => (
      <select {...props} value={value} onChange={({ target }) => onChoose(target.value)}>
        <option value="">{none}</option>
        {sets.map(({ name, outline }) => (
          <option key={name} value={name} title={outline}>
            {name}
          </option>
        ))}
      </select>
    )}
  </FormField>
);
