import { nameSchema } from '#shared/model/job.ts';

/** Gives each thing a name that Drover accepts and that nothing else has. */
export interface NameGiver {
  /** The written name when it is valid and free, else the nearest one that is. */
  take(written: string): string;
}

const firstFree = (wanted: string, used: ReadonlySet<string>, maxLength: number): string => {
  if (!used.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const suffix = `_${number}`;
    const candidate = wanted.slice(0, maxLength - suffix.length) + suffix;
    if (!used.has(candidate)) return candidate;
  }
};

const nameGiver = (toValid: (written: string) => string, maxLength: number): NameGiver => {
  const used = new Set<string>();
  return {
    take: (written) => {
      const name = firstFree(toValid(written), used, maxLength);
      used.add(name);
      return name;
    },
  };
};

const toVariable = (maxLength: number) => (written: string) =>
  written
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=\d|$)/, '_')
    .slice(0, maxLength);

/** Operation ids: letters, digits and _, at most 64 characters. */
export const operationIdGiver = (): NameGiver => nameGiver(toVariable(64), 64);

/** Names of params: letters, digits and _, at most 128 characters. */
export const paramNameGiver = (): NameGiver => nameGiver(toVariable(128), 128);

/** The nearest name of a job, group or phase; `fallback` when no character of it can stay. */
export const toValidName = (written: string, fallback: string): string => {
  const normal = written.normalize('NFC').trim();
  if (nameSchema.safeParse(normal).success) return normal;
  const cleaned = normal
    .replace(/[^\p{L}\p{N}_. /:()-]/gu, '-')
    .replace(/^[^\p{L}\p{N}_]+/u, '')
    .slice(0, 128)
    .replace(/[^\p{L}\p{N}_.)]+$/u, '');
  return nameSchema.safeParse(cleaned).success ? cleaned : fallback;
};

/** Names of groups and phases. */
export const plainNameGiver = (fallback: string): NameGiver =>
  nameGiver((written) => toValidName(written, fallback), 128);
