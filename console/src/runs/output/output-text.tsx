import { type CSSProperties, useMemo } from 'react';
import { readAnsi } from './ansi.ts';
import styles from './output.module.css';
import type { TextColor, TextLook } from './sgr.ts';

const cssColor = (color: TextColor): string => {
  if (typeof color === 'number') return `var(--ansi-${color})`;
  // Part of it is the colour of text, so that nothing is printed unseen.
  return `color-mix(in oklab, rgb(${color.join(' ')}) 75%, var(--text))`;
};

/** So pale that text of every colour can be read on it. */
const cssBack = (color: TextColor): string => {
  const full = typeof color === 'number' ? `var(--ansi-${color})` : `rgb(${color.join(' ')})`;
  return `color-mix(in oklab, ${full} 32%, var(--page))`;
};

const lineOf = ({ underline, strike }: TextLook): string | undefined => {
  const lines = [underline === true ? 'underline' : '', strike === true ? 'line-through' : ''].join(' ').trim();
  return lines === '' ? undefined : lines;
};

const styleOf = (look: TextLook): CSSProperties => {
  const [front, back] = look.inverse === true ? [look.back, look.front] : [look.front, look.back];
  return {
    color: front === undefined ? (look.inverse === true ? 'var(--panel)' : undefined) : cssColor(front),
    background: back === undefined ? (look.inverse === true ? 'var(--text)' : undefined) : cssBack(back),
    fontWeight: look.bold === true ? 700 : undefined,
    opacity: look.dim === true ? 0.7 : undefined,
    fontStyle: look.italic === true ? 'italic' : undefined,
    textDecoration: lineOf(look),
  };
};

/** What a node printed, with its colours and nothing else that steers a terminal. */
export const OutputText = ({
  text,
  stream,
  wraps,
}: {
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
  readonly wraps: boolean;
}) => {
  const spans = useMemo(() => readAnsi(text), [text]);
  return (
    <pre
      className={`${styles['text']} ${styles[stream]} ${wraps ? styles['wraps'] : ''}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys
      tabIndex={0}
    >
      {spans.map(({ text: part, look }, index) =>
        Object.keys(look).length === 0 ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no name but their place
          <span key={index} style={styleOf(look)}>
            {part}
          </span>
        ),
      )}
    </pre>
  );
};
