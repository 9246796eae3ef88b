/**
 * How long things are kept, by kind. Everything with an end by age takes it from here: the items of the table, the rules of the bucket, and the
 * local cloud, which has to do by itself what these services do.
 */
export interface Retention {
  /** Runs with all that belongs to them: groups, slices, batches, invocations, results, outputs, counters. Counted from the last write of each. */
  readonly runDays: number;
  /** What is kept of ended runs for estimates and sums of cost. */
  readonly historyDays: number;
  /** What became of each due time of a schedule. */
  readonly firingDays: number;
}

/** What holds where nobody says otherwise. */
export const defaultRetention: Retention = { runDays: 90, historyDays: 400, firingDays: 90 };

/**
 * Days that a blob of a run outlives the run's items: a run that is paused for weeks keeps its records fresh, but not its blobs.
 */
export const blobMarginDays = 90;

/** Days after which a sealed secret is removed. A crash alone leaves one behind, and nobody has its address after a quarter of an hour. */
export const sealedSecretDays = 1;

/** Folder of the sealed secrets, below that of the runs. */
export const sealedSecretsFolder = 'secrets/';

/** Days after which an answer that was too long for the API is removed; it is fetched at once. */
export const answerDays = 1;

/** Folder of these answers, below that of the runs. */
export const answersFolder = 'answers/';

/** Seconds of a day. */
export const daySeconds = 86_400;

/** Days after which blobs of runs are removed. */
export const blobDays = ({ runDays }: Pick<Retention, 'runDays'>): number => runDays + blobMarginDays;
