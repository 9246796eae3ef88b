import { useEffect, useState } from 'react';
import { toAppError } from '#shared/errors/app-error.ts';
import type { TextCheck } from './check-text.ts';

/** A check, and the text it is of. */
interface Checked {
  readonly text: string;
  readonly check: TextCheck;
}

const quietMs = 200;

/** What the text is as a job, a moment after it was last changed; undefined until then. The reader is loaded with the first text. */
export const useCheckedText = (text: string): TextCheck | undefined => {
  const [checked, setChecked] = useState<Checked>();
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      void import('./check-text.ts')
        .then(({ checkText }) => checkText(text))
        .catch((error: unknown): TextCheck => ({ state: 'wrong', error: toAppError(error) }))
        .then((check) => {
          if (!isStale) setChecked({ text, check });
        });
    }, quietMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text]);
  return checked?.text === text ? checked.check : undefined;
};
