import type { ReactNode } from 'react';
import styles from './states.module.css';

/** Something is on its way. */
export const Loading = ({ what }: { readonly what: string }) => (
  <p className={styles['state']} role="status">
    Loading {what}…
  </p>
);

/** There is nothing, and what to do about it. */
export const Empty = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles['state']}>{children}</div>
);
