import styles from './choices.module.css';
import type { FieldProps } from './form-field.tsx';

/** Names of which any number can be chosen. */
export const Choices = ({
  label,
  names,
  chosen,
  field,
  onChosen,
}: {
  /** What is chosen, for those who hear it. */
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly field: FieldProps;
  /** Hears of all that are chosen, in the order of the names. */
  readonly onChosen: (names: readonly string[]) => void;
}) => {
  const { className: _box, 'aria-required': _required, ...rest } = field;
  const change = (name: string, isChosen: boolean): void =>
    onChosen(names.filter((one) => (one === name ? isChosen : chosen.includes(one))));
  return (
    <fieldset {...rest} className={styles['choices']} aria-label={label}>
      {names.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={({ target }) => change(name, target.checked)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
};
