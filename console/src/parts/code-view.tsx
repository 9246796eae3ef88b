import styles from './code-view.module.css';
import { scrollable } from './scrollable.ts';

/** A text with its line numbers; two pieces of text however long it is. */
export const CodeView = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return (
    <section className={styles['frame']} aria-label={label} {...scrollable}>
      <pre aria-hidden className={styles['numbers']}>
        {Array.from({ length: lines }, (_, index) => index + 1).join('\n')}
      </pre>
      <pre className={styles['text']}>{text}</pre>
    </section>
  );
};
