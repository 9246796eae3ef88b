/** The latest reading of the clouds: where it is among the blobs, and when it was made. */
export interface ReadingRecord {
  /** What was read: accounts and regions. A reading of others does not count. */
  readonly source: string;
  /** Names the reading: 64 hexadecimal digits. */
  readonly id: string;
  /** RFC 3339 UTC. */
  readonly readAt: string;
}

/** Which reading of the clouds is the latest. */
export interface InventoryStore {
  /** Strongly consistent; undefined when there is none, or none any more. */
  getReading(source: string): Promise<ReadingRecord | undefined>;
  /** Notes a reading unless there is a later one. */
  putReading(reading: ReadingRecord): Promise<void>;
}
