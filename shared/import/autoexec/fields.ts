import type { Findings } from './findings.ts';
import { valueText } from './source-text.ts';
import { childPath, type SourcePlace, type SourceValue } from './source-value.ts';

/** What a level of the file may hold: keys that are read, and keys that are known and left out, with the reason. */
export interface KnownKeys {
  readonly read: readonly string[];
  readonly leftOut?: Readonly<Record<string, string>>;
}

const noPlace: SourcePlace = { path: '', line: 1, column: 1 };

/** A JSON object of the file with typed access; a value of a wrong kind is a finding, and counts as absent. */
export class Fields {
  readonly place: SourcePlace;
  readonly #map: ReadonlyMap<string, SourceValue>;
  readonly #repeated: readonly string[];
  readonly #findings: Findings;

  constructor(value: SourceValue | undefined, findings: Findings) {
    this.place = value?.place ?? noPlace;
    this.#map = value?.kind === 'map' ? value.entries : new Map();
    this.#repeated = value?.kind === 'map' ? value.repeated : [];
    this.#findings = findings;
    if (value !== undefined && value.kind !== 'map') findings.invalid(value.place, 'must be an object ({…})');
  }

  /** The value of a key; null counts as absent. */
  get(key: string): SourceValue | undefined {
    const value = this.#map.get(key);
    return value?.kind === 'null' ? undefined : value;
  }

  /** Place of a key's value, or of the object when the key is absent. */
  at(key: string): SourcePlace {
    return this.#map.get(key)?.place ?? { ...this.place, path: childPath(this.place.path, key) };
  }

  /** A text; numbers are taken as their text. The empty text counts as absent. */
  text(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (value.kind !== 'text' && value.kind !== 'number') {
      this.#findings.invalid(value.place, 'must be a text');
      return undefined;
    }
    return valueText(value) || undefined;
  }

  /** The text of a value below `opt`; undefined when it is absent or empty. */
  option(name: string): string | undefined {
    const value = this.object('opt').get(name);
    return value === undefined || value.kind === 'null' ? undefined : valueText(value) || undefined;
  }

  /** A whole number, also when written as a text. */
  integer(key: string): number | undefined {
    const written = this.text(key)?.trim();
    if (written === undefined || written === '') return undefined;
    const number = Number(written);
    if (Number.isSafeInteger(number)) return number;
    this.#findings.invalid(this.at(key), `must be a whole number, not ${JSON.stringify(written)}`);
    return undefined;
  }

  /** A flag: true, 1, "1" and "true" are yes; false, 0, "0", "false", "" and null are no. */
  flag(key: string): boolean {
    const value = this.get(key);
    if (value === undefined) return false;
    const written = valueText(value).toLowerCase();
    if (['true', '1'].includes(written)) return true;
    if (!['false', '0', ''].includes(written)) this.#findings.invalid(value.place, 'must be 0, 1, true or false');
    return false;
  }

  /** An object; an absent one is empty. */
  object(key: string): ReadonlyMap<string, SourceValue> {
    const value = this.get(key);
    if (value === undefined) return new Map();
    if (value.kind === 'map') return value.entries;
    this.#findings.invalid(value.place, 'must be an object ({…})');
    return new Map();
  }

  /** The items of a list; an absent one is empty. */
  list(key: string): readonly SourceValue[] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (value.kind === 'list') return value.items;
    this.#findings.invalid(value.place, 'must be a list ([…])');
    return [];
  }

  /** Tells of every key that is not read: nothing is dropped silently. */
  reportUnread(known: KnownKeys): void {
    for (const key of this.#repeated) this.#findings.notice(this.at(key).path, 'is given twice; the last value counts');
    for (const key of this.#map.keys()) {
      if (known.read.includes(key)) continue;
      const reason = known.leftOut?.[key] ?? 'Drover does not know it';
      this.#findings.countedNotice(this.at(key).path, `${key} is not carried over: ${reason}`);
    }
  }
}
