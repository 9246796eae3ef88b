import { AppError } from '#shared/errors/app-error.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import type { Job } from '#shared/model/job.ts';

/** A whole job document with these parts under `spec`. */
export const document = (spec: Record<string, unknown>): Record<string, unknown> => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'test' },
  spec: { groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'o', run: 'true' }] }] }], ...spec },
});

/** A checked job with these parts under `spec`. */
export const job = (spec: Record<string, unknown> = {}): Job => parseJob(document(spec));

/** The AppError that a call throws; anything else fails the test. */
export const errorOf = (run: () => unknown): AppError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

/** What parsing a job with these parts complains of: `pointer: message` each. */
export const complaints = (spec: Record<string, unknown>): readonly string[] => {
  try {
    parseJob(document(spec));
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.places.map((place) => `${place.path}: ${place.message}`);
    throw error;
  }
};
