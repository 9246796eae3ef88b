import { AppError } from '../errors/app-error.ts';
import { utf8Bytes } from './literal.ts';

/** Longest part of a fence's file name: two of them and the longest suffix stay below the 255 bytes that file systems allow. */
const partLimit = 120;

const encoder = new TextEncoder();

const escapeByte = (byte: number): string => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** FNV-1a with 128 bits (RFC 9923), in hexadecimal. Tells fences apart that nobody chose to collide. */
const fnv128 = (text: string): string => {
  const prime = (1n << 88n) + 0x13bn;
  const hash = encoder
    .encode(text)
    .reduce((value, byte) => BigInt.asUintN(128, (value ^ BigInt(byte)) * prime), 0x6c62272e07bb014262b821756295c58dn);
  return hash.toString(16).padStart(32, '0');
};

/** Any text as letters, digits, `-` and `_XX`; long text as its beginning and `~` and a hash. Different for different texts. */
const encodePart = (part: string): string => {
  const encoded = part.replaceAll(/[^A-Za-z0-9-]/gu, (character) =>
    Array.from(encoder.encode(character), escapeByte).join(''),
  );
  return encoded.length <= partLimit ? encoded : `${encoded.slice(0, partLimit - 33)}~${fnv128(part)}`;
};

/**
 * The file name of a fence: safe on every file system, and different for every (fence, node key). It holds no dot, so that no fence's files
 * can be taken for another's.
 * @throws AppError `script.invalid` for an empty fence, or text without a UTF-8 form
 */
export const fenceName = (fence: string, nodeKey?: string): string => {
  if (fence === '' || !`${fence} ${nodeKey ?? ''}`.isWellFormed()) {
    throw new AppError(
      'script.invalid',
      `A fence of ${utf8Bytes(fence)} bytes is no name: it is empty or no valid text.`,
    );
  }
  return nodeKey === undefined ? encodePart(fence) : `${encodePart(fence)}@${encodePart(nodeKey)}`;
};

/** Windows paths have 260 characters, of which the folder takes up to 110 and the longest ending 10. */
const fileLimit = 100;

/** The file name of a fence where a whole path is limited: its name, or the beginning of it and a hash. */
export const fenceFile = (name: string): string =>
  name.length <= fileLimit ? name : `${name.slice(0, fileLimit - 33)}~${fnv128(name)}`;
