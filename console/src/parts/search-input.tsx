import styles from './search-input.module.css';

/** Where one writes what to look for. */
export const SearchInput = ({
  label,
  text,
  onText,
}: {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}) => (
  <input
    type="search"
    className={styles['search']}
    aria-label={label}
    placeholder={label}
    value={text}
    onChange={({ target }) => onText(target.value)}
  />
);
