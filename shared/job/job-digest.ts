import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import type { Job } from '../model/job.ts';
import { operationSchema } from '../model/operation.ts';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256, in hex, of the canonical JSON of a value: equal for equal values, whatever the order of their keys. */
export const jsonDigest = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));

/** SHA-256, in hex, of everything a job says. Two files that differ only in key order, comments or written-out defaults have one digest. */
export const jobDigest = (job: Job): string => jsonDigest(job);

/** A script and the settings that belong to it, wherever it is used. */
export type Command = z.input<typeof commandSchema>;

const commandSchema = operationSchema
  .pick({
    interpreter: true,
    args: true,
    env: true,
    timeout: true,
    outputs: true,
    runAs: true,
    workingDirectory: true,
  })
  .extend({ run: z.string() });

/**
 * The id of a command version: SHA-256, in hex, of the script and its settings, defaults filled in. What belongs to the use in a job
 * (`id`, `name`, `when`, `failIgnore`) does not count.
 */
export const commandVersion = (command: Command): string => {
  const { run, interpreter, args, env, timeout, outputs, runAs, workingDirectory } = command;
  return jsonDigest(commandSchema.parse({ run, interpreter, args, env, timeout, outputs, runAs, workingDirectory }));
};
