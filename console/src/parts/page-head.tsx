import type { ReactNode } from 'react';
import styles from './page-head.module.css';

/** The head of a screen: what it is of, facts about it, what can be done. */
export const PageHead = ({
  title,
  facts,
  actions,
}: {
  readonly title: ReactNode;
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}) => (
  <header className={styles['head']}>
    <div>
      <h1>{title}</h1>
      {facts !== undefined && <div className={styles['facts']}>{facts}</div>}
    </div>
    <div className={styles['actions']}>{actions}</div>
  </header>
);
