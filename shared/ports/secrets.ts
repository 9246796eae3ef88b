import type { SecretReference } from '../secrets/reference.ts';

/** Where the values of secrets come from. */
export interface Secrets {
  /**
   * The value as it is now, or was a few seconds ago.
   * @throws AppError `secret.not-found`, `secret.forbidden`, `secret.unavailable`, `secret.unsupported`, `secret.invalid`; none of them holds
   * anything of a value
   */
  fetch(reference: SecretReference): Promise<string>;
  /**
   * What can be said of a reference beforehand, without asking a cloud: warnings, each a sentence.
   * @throws AppError as `fetch`, when it is certain that fetching will fail
   */
  check(reference: SecretReference): Promise<readonly string[]>;
}

/** A text that was encrypted for one sending. */
export interface SealedText {
  /** What the blob holds: lines of base64. */
  readonly content: string;
  /** SHA-256 of the content and one line end, in hexadecimal. */
  readonly digest: string;
  /** Opens it; 43 letters, digits, `-` and `_`. */
  readonly key: string;
}

/** How a text is encrypted: as nodes with openssl or python3 open it, or as .NET does. */
export type SealMode = 'ctr' | 'cbc';

/** Encrypts under a key that is made for it alone. */
export interface Sealer {
  /** `ctr` when no mode is given. */
  seal(text: string, mode?: SealMode): SealedText;
  /** Letters and digits made of chance; 32 of them. */
  word(): string;
}
