/** A page of a list; `cursor` is opaque and absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/** Where to go on in a list, and how many items at most (1 to 1000, default 100). */
export interface PageRequest {
  readonly cursor?: string;
  readonly limit?: number;
}
