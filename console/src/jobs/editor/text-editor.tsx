import { type RefObject, useMemo, useRef } from 'react';
import { countLines, type LineMark } from './line-marks.ts';
import styles from './text-editor.module.css';

/** Height of a line in pixels, as in the styles. */
const lineHeight = 19;

/** A text area with line numbers; lines in which something is wrong are marked. */
export const TextEditor = ({
  text,
  onText,
  marks,
  area,
  label,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly marks: readonly LineMark[];
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
}) => {
  const side = useRef<HTMLDivElement>(null);
  const lines = countLines(text);
  const numbers = useMemo(() => Array.from({ length: lines }, (_, index) => index + 1).join('\n'), [lines]);
  const follow = (top: number): void => {
    if (side.current !== null) side.current.style.transform = `translateY(${-top}px)`;
  };
  return (
    <div className={styles['editor']}>
      <div className={styles['side']} aria-hidden>
        <div ref={side}>
          {marks.map(({ line, messages }) => (
            <span
              key={line}
              className={styles['mark']}
              style={{ top: (line - 1) * lineHeight }}
              title={messages.join('\n')}
            />
          ))}
          <pre>{numbers}</pre>
        </div>
      </div>
      <textarea
        ref={area}
        className={styles['area']}
        aria-label={label}
        aria-invalid={marks.length > 0}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        value={text}
        onChange={({ target }) => onText(target.value)}
        onScroll={({ currentTarget }) => follow(currentTarget.scrollTop)}
      />
    </div>
  );
};
