import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Job, jobSchema } from '../model/job.ts';
import { canonicalJson } from './canonical-json.ts';
import { shortForm } from './short-form.ts';

/** SHA-256, in hex, of the canonical JSON of a value: equal for equal values, whatever the order of their keys. */
export const jsonDigest = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));

/**
 * SHA-256, in hex, of everything a job says. Two files that differ only in key order, comments or written-out defaults have one digest, also
 * when they are read by different versions of Drover.
 */
export const jobDigest = (job: Job): string => jsonDigest(shortForm(jobSchema, job));
