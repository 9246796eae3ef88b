import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256, as hex, of a value's JSON text. Equal values with their keys in the same order have the same digest. */
export const jsonDigest = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))));
