import { useSyncExternalStore } from 'react';
import { nodeStatuses } from '#shared/model/status.ts';
import { absentLetter, statusLetters } from '#shared/model/status-letters.ts';
import { statusColor } from '../../parts/status-looks.ts';
import { type Rgb, readRgb } from './map-pixels.ts';

const darkness = '(prefers-color-scheme: dark)';

const followScheme = (onChange: () => void): (() => void) => {
  const media = matchMedia(darkness);
  media.addEventListener('change', onChange);
  return () => media.removeEventListener('change', onChange);
};

/** True while the page is dark. */
export const useIsDark = (): boolean => useSyncExternalStore(followScheme, () => matchMedia(darkness).matches);

/** The colours of statuses by letter as they are on the page now; a canvas does not know variables. */
export const readColors = (within: HTMLElement): ReadonlyMap<string, Rgb> => {
  const probe = document.createElement('span');
  within.append(probe);
  const colors = new Map<string, Rgb>();
  const add = (letter: string, css: string): void => {
    probe.style.color = css;
    const color = readRgb(getComputedStyle(probe).color);
    if (color !== undefined) colors.set(letter, color);
  };
  for (const status of nodeStatuses) add(statusLetters[status], statusColor(status));
  add(absentLetter, 'var(--dim)');
  probe.remove();
  return colors;
};
