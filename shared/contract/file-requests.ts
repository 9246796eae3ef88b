import * as z from 'zod';
import { isFileName, maxFileBytes } from '../files/file-value.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal');
const nameSchema = z
  .string()
  .refine(isFileName, 'is not a file name: one part of a path, at most 200 bytes, without \\ / : * ? " < > |');

/** Body of `POST /v1/files`: a file that somebody is about to upload. */
export const offerFileRequestSchema = z.strictObject({
  name: nameSchema,
  sha256: sha256Schema,
  bytes: z.int().min(0).max(maxFileBytes, `is more than a file may have: ${maxFileBytes} bytes (100 MiB)`),
});
export type OfferFileRequest = z.infer<typeof offerFileRequestSchema>;

/**
 * Where the file is to be sent: POST of multipart/form-data with all the fields, and the bytes in a last field named `file`. Then it is completed
 * with `POST /v1/files/{sha256}`.
 */
export const fileOfferSchema = z.object({ url: z.string(), fields: z.record(z.string(), z.string()) });
export type FileOffer = z.infer<typeof fileOfferSchema>;

/** Path of `POST /v1/files/{sha256}`. */
export const filePathSchema = z.strictObject({ sha256: sha256Schema });

/** Body of `POST /v1/files/{sha256}`. */
export const completeFileRequestSchema = z.strictObject({ name: nameSchema });
export type CompleteFileRequest = z.infer<typeof completeFileRequestSchema>;

/** An uploaded file: `value` is what a param of type file is given. */
export const fileViewSchema = z.object({ value: z.string(), bytes: z.int() });
export type FileView = z.infer<typeof fileViewSchema>;
