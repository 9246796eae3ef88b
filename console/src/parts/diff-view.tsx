import styles from './diff-view.module.css';
import { scrollable } from './scrollable.ts';

const looks: readonly (readonly [start: string, look: string])[] = [
  ['+++', 'file'],
  ['---', 'file'],
  ['@@', 'place'],
  ['+', 'added'],
  ['-', 'removed'],
];

const lookOf = (line: string): string => looks.find(([start]) => line.startsWith(start))?.[1] ?? 'same';

/** A diff as `diff -u` writes it. */
export const DiffView = ({ diff, label }: { readonly diff: string; readonly label: string }) => (
  <section className={styles['diff']} aria-label={label} {...scrollable}>
    <pre>
      {diff
        .trimEnd()
        .split('\n')
        .map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and do not move.
          <span key={index} className={styles[lookOf(line)]}>
            {`${line}\n`}
          </span>
        ))}
    </pre>
  </section>
);
