import { CloudFault } from '../provider/cloud-fault.ts';

/** The parameters of an RPC call: flat names, lists as `Name.1`, `Name.2`, objects as `Name.1.Key`. */
export class RpcParameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(query: string, body: string) {
    this.#values = new Map([...new URLSearchParams(query), ...new URLSearchParams(body)]);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws CloudFault MissingParameter */
  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === '') {
      throw new CloudFault(
        `MissingParameter.${name}`,
        `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
      );
    }
    return value;
  }

  /** @throws CloudFault InvalidParameter when it is not a whole number inside the bounds. */
  integer(name: string, bounds: { readonly min: number; readonly max: number; readonly absent: number }): number {
    const text = this.#values.get(name);
    if (text === undefined) return bounds.absent;
    const value = Number(text);
    if (!Number.isInteger(value) || value < bounds.min || value > bounds.max) {
      throw new CloudFault(
        `InvalidParameter.${name}`,
        `The specified parameter "${name}" must be ${bounds.min} to ${bounds.max}.`,
      );
    }
    return value;
  }

  flag(name: string): boolean {
    return this.#values.get(name)?.toLowerCase() === 'true';
  }

  list(name: string): readonly string[] {
    const values: string[] = [];
    for (let n = 1; ; n++) {
      const value = this.#values.get(`${name}.${n}`);
      if (value === undefined) return values;
      values.push(value);
    }
  }

  /** Pairs such as `Tag.1.Key` and `Tag.1.Value`; a missing value is undefined. */
  pairs(name: string): readonly { readonly key: string; readonly value: string | undefined }[] {
    const pairs: { readonly key: string; readonly value: string | undefined }[] = [];
    for (let n = 1; ; n++) {
      const key = this.#values.get(`${name}.${n}.Key`);
      if (key === undefined) return pairs;
      pairs.push({ key, value: this.#values.get(`${name}.${n}.Value`) });
    }
  }

  /** A text that is the same for the same parameters, without the one named. */
  fingerprint(except: string): string {
    return JSON.stringify([...this.#values].filter(([name]) => name !== except).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
