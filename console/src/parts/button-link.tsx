import type { ReactNode } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

/** A link to another screen that looks like a button. */
export const ButtonLink = ({
  to,
  kind = 'plain',
  children,
}: {
  readonly to: string;
  readonly kind?: 'plain' | 'primary';
  readonly children: ReactNode;
}) => (
  <Link to={to} className={`${styles['button']} ${styles['link']} ${styles[kind]}`}>
    {children}
  </Link>
);
