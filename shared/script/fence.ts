import { AppError } from '../errors/app-error.ts';

/** Longest file name stem of a fence, in bytes: file systems allow 255, and the wrapper adds a suffix. */
export const fenceNameLimit = 200;

const encoder = new TextEncoder();

const escapeByte = (byte: number): string => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Any text as letters, digits, `-` and `_XX`, different for different texts. */
const encodePart = (part: string): string =>
  part.replaceAll(/[^A-Za-z0-9-]/gu, (character) => Array.from(encoder.encode(character), escapeByte).join(''));

/**
 * The file name of a fence: safe on every file system, and different for every (fence, node key).
 * It holds no dot, so that no fence's files can be taken for another's.
 * @throws AppError `script.invalid` when empty or above {@link fenceNameLimit}
 */
export const fenceName = (fence: string, nodeKey?: string): string => {
  const name = nodeKey === undefined ? encodePart(fence) : `${encodePart(fence)}@${encodePart(nodeKey)}`;
  if (fence === '' || name.length > fenceNameLimit) {
    throw new AppError(
      'script.invalid',
      `The fence '${fence}' must take 1 to ${fenceNameLimit} bytes as a file name.`,
      {
        hint: 'Build fences of ids, not of names.',
      },
    );
  }
  return name;
};
