import type { ReactNode } from 'react';
import styles from './panel.module.css';

/** A part of a screen, with what can be done there at its right. */
export const Panel = ({
  title,
  actions,
  children,
}: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section className={styles['panel']}>
    {(title !== undefined || actions !== undefined) && (
      <header className={styles['head']}>
        <h2>{title}</h2>
        <div className={styles['actions']}>{actions}</div>
      </header>
    )}
    {children}
  </section>
);
