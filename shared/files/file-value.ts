import { utf8Bytes } from '../script/literal.ts';

/** Most bytes of a file that a run is given. */
export const maxFileBytes = 104_857_600;

/** So many files can one operation use. */
export const maxFiles = 8;

/** A file that a run is given: what is in it, and what it is called on nodes. */
export interface FileValue {
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  readonly name: string;
}

const pattern = /^sha256:(?<sha256>[0-9a-f]{64})\/(?<name>.+)$/su;

/** What a file may be called: one part of a path, of at most 200 bytes, that Linux and Windows can have. */
export const isFileName = (name: string): boolean =>
  name.isWellFormed() &&
  utf8Bytes(name) <= 200 &&
  !/[/\\<>:"|?*\p{Cc}]/u.test(name) &&
  !/^\.{1,2}$|^-|^\s|[\s.]$|^$/.test(name);

/** The value of a param of type file: `sha256:<digest>/<name>`. */
export const formatFileValue = ({ sha256, name }: FileValue): string => `sha256:${sha256}/${name}`;

/** Reads such a value; undefined when a text is none. */
export const readFileValue = (text: string): FileValue | undefined => {
  const { sha256, name } = pattern.exec(text)?.groups ?? {};
  return sha256 === undefined || name === undefined || !isFileName(name) ? undefined : { sha256, name };
};

/** Where the bytes of a file lie in the blobs. */
export const fileKey = (sha256: string): string => `files/${sha256}/content`;

/** Start of the keys that an upload of a file may write. */
export const fileUploadPrefix = (sha256: string): string => `files/${sha256}/content`;

/** Says that what lies there was compared with the digest. */
export const fileMark = (sha256: string): string => `files/${sha256}/compared`;
