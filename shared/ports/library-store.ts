import type { CommandVersionRecord, LibraryChange, LibraryKind } from '../model/library.ts';
import type { Page, PageRequest } from './pages.ts';

/** Names a command or a job of the library. */
export type LibraryName = Pick<LibraryChange, 'kind' | 'name'>;

/** A page of names: those that begin with `prefix`, when it is given. */
export interface NamesRequest extends PageRequest {
  readonly kind: LibraryKind;
  readonly prefix?: string;
}

/**
 * Commands and jobs by name: a log of changes for each. It says who put what when, and never forgets. Content is in blobs, by digest.
 * Everything is read strongly consistent.
 */
export interface LibraryStore {
  /** The latest change of a name: what it means now. */
  latestChange(entry: LibraryName): Promise<LibraryChange | undefined>;
  getChange(entry: LibraryName, change: number): Promise<LibraryChange | undefined>;
  /** Writes a change under its number; false when that number is taken: somebody else came first. */
  appendChange(change: LibraryChange): Promise<boolean>;
  /** Changes of a name, newest first. */
  listChanges(entry: LibraryName, page: PageRequest): Promise<Page<LibraryChange>>;
  /** Puts a name into the list of names, with this change as its latest; a later one that is there stays. Idempotent. */
  listName(change: LibraryChange): Promise<void>;
  /**
   * Names with their latest change, in the order of their UTF-8 bytes, removed ones too. A change whose writer died before `listName` is not
   * seen here until the next one.
   */
  listNames(request: NamesRequest): Promise<Page<LibraryChange>>;
  /** Notes a version of a command; the first note stays. */
  noteVersion(version: CommandVersionRecord): Promise<CommandVersionRecord>;
  /** Versions of a command whose id begins with these digits, at most `limit` of them. */
  findVersions(name: string, digits: string, limit: number): Promise<readonly CommandVersionRecord[]>;
}
