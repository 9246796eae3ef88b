import { AppError, type ErrorPlace } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import type { SourcePlace } from './source-value.ts';

/** Something the reader should know, that does not stop the import. */
export interface ImportNotice {
  readonly path: string;
  readonly message: string;
}

/** What cannot be carried over, why, and what to do instead. */
export interface UnsupportedThing {
  readonly what: string;
  readonly why: string;
  readonly instead: string;
}

type FindingCode = Extract<ErrorCode, `import.${string}`>;

const headlines: Readonly<Record<FindingCode, string>> = {
  'import.invalid': 'cannot be read as an autoexec job',
  'import.unsupported': 'uses things that Drover cannot carry over without changing what the job does',
  'import.script-missing': 'refers to scripts that were not given',
  'import.node-unmatched': 'names nodes that the inventory does not clearly have',
};

const hints: Readonly<Record<FindingCode, string>> = {
  'import.invalid': 'Correct each place that is listed.',
  'import.unsupported': 'Change each place that is listed as its suggestion says, then import again.',
  'import.script-missing': 'Put each script below the --scripts folder, named by its scriptId or opName.',
  'import.node-unmatched': 'Check the inventory with `drover nodes list`; correct resourceId, nodeName or host.',
};

/** Collects everything wrong or noteworthy in one file, so that all of it is told at once. */
export class Findings {
  readonly #fileName: string;
  readonly #errors = new Map<FindingCode, ErrorPlace[]>();
  readonly #notices: ImportNotice[] = [];
  readonly #counted = new Map<string, { readonly path: string; count: number }>();

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** A mistake in the file. */
  invalid(place: SourcePlace, message: string): void {
    this.#add('import.invalid', place, { message });
  }

  /** Something that would change what the job does. */
  unsupported(place: SourcePlace, thing: UnsupportedThing): void {
    this.#add('import.unsupported', place, {
      message: `${thing.what} cannot be carried over: ${thing.why}`,
      suggestion: thing.instead,
    });
  }

  /** A script that nobody gave. */
  scriptMissing(place: SourcePlace, message: string): void {
    this.#add('import.script-missing', place, { message });
  }

  /** A node that is not, or not clearly, in the inventory. */
  unmatched(place: SourcePlace, message: string): void {
    this.#add('import.node-unmatched', place, { message });
  }

  /** One thing worth knowing. */
  notice(path: string, message: string): void {
    this.#notices.push({ path, message });
  }

  /** A thing that may occur thousands of times: told once, with its count and its first place. */
  countedNotice(path: string, message: string): void {
    const known = this.#counted.get(message);
    if (known === undefined) this.#counted.set(message, { path, count: 1 });
    else known.count += 1;
  }

  /** Every notice so far, counted ones last. */
  notices(): readonly ImportNotice[] {
    const counted = [...this.#counted].map(([message, { path, count }]) => ({
      path,
      message: count === 1 ? message : `${message} (${count} times, first here)`,
    }));
    return [...this.#notices, ...counted];
  }

  /** @throws AppError of the most basic kind that was found, with all of its places. */
  raise(): void {
    const order = ['import.invalid', 'import.unsupported', 'import.script-missing', 'import.node-unmatched'] as const;
    const code = order.find((candidate) => this.#errors.has(candidate));
    if (code === undefined) return;
    const places = this.#errors.get(code) ?? [];
    const [first] = places;
    const rest = places.length > 1 ? ` (and ${places.length - 1} more)` : '';
    const message = `${this.#fileName} ${headlines[code]}: ${first?.path ?? ''}: ${first?.message ?? ''}${rest}`;
    throw new AppError(code, message, { hint: hints[code], places });
  }

  #add(code: FindingCode, place: SourcePlace, what: Pick<ErrorPlace, 'message' | 'suggestion'>): void {
    const places = this.#errors.get(code) ?? [];
    places.push({ ...what, ...place, file: this.#fileName });
    this.#errors.set(code, places);
  }
}
