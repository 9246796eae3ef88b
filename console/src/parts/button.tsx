import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';

/** A button; `type` is `button` unless it says otherwise. */
export const Button = ({
  kind = 'plain',
  type = 'button',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly kind?: 'plain' | 'primary' | 'danger' }) => (
  <button type={type} {...rest} className={`${styles['button']} ${styles[kind]}`} />
);
