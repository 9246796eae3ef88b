import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Coding } from './negotiate.ts';

/** A file of the built page. */
export interface PageFile {
  /** From the folder of the page on, with `/`: `assets/index-4f0c2a.js`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A file as it is answered. */
export interface PageEntry {
  readonly mediaType: string;
  /** True where the name changes with the content, so that a copy is good for ever. */
  readonly immutable: boolean;
  /** Whether it becomes smaller by compression. */
  readonly compressible: boolean;
  /** SHA-256 of the content, the start of it. */
  readonly digest: string;
  /** The content; compressed at the first time that it is asked for so. */
  bytes(coding: Coding | undefined): Promise<Uint8Array>;
}

/** The page of the console. */
export interface Page {
  /** What every path without a file of its own is answered with: the page has its own router. */
  readonly index: PageEntry;
  readonly files: ReadonlyMap<string, PageEntry>;
}

/** The file that stands for the page. */
export const indexFile = 'index.html';

/** Files that have their digest in their name. */
export const assetsFolder = 'assets/';

const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css; charset=utf-8'],
  ['html', 'text/html; charset=utf-8'],
  ['ico', 'image/x-icon'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript; charset=utf-8'],
  ['json', 'application/json'],
  ['map', 'application/json'],
  ['mjs', 'text/javascript; charset=utf-8'],
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['txt', 'text/plain; charset=utf-8'],
  ['wasm', 'application/wasm'],
  ['webmanifest', 'application/manifest+json'],
  ['webp', 'image/webp'],
  ['woff', 'font/woff'],
  ['woff2', 'font/woff2'],
]);

/** Kinds of which each file is compressed already. */
const dense = /^(image\/(?!svg)|font\/)/;

/** Below it a compressed file takes no packet less. */
const leastBytes = 1000;

/** Nearly as small as the densest, which takes ten times as long. */
const brotliQuality = 8;

const compress: Readonly<Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

const entryOf = ({ path, bytes }: PageFile): PageEntry => {
  const mediaType = mediaTypes.get(path.split('.').at(-1)?.toLowerCase() ?? '') ?? 'application/octet-stream';
  const kept = new Map<Coding, Promise<Uint8Array>>();
  return {
    mediaType,
    immutable: path.startsWith(assetsFolder),
    compressible: bytes.length >= leastBytes && !dense.test(mediaType),
    digest: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
    bytes: async (coding) => {
      if (coding === undefined) return bytes;
      const compressed = kept.get(coding) ?? compress[coding](bytes);
      kept.set(coding, compressed);
      return compressed;
    },
  };
};

/** The page of these files; undefined when there is none that stands for it. */
export const makePage = (files: readonly PageFile[]): Page | undefined => {
  const entries = new Map(files.map((file) => [file.path, entryOf(file)]));
  const index = entries.get(indexFile);
  return index === undefined ? undefined : { index, files: entries };
};

/** What a path below `/console/` is answered with: its file, else the page itself; undefined for an asset that does not exist. */
export const findEntry = ({ index, files }: Page, path: string): PageEntry | undefined =>
  files.get(path) ?? (path.startsWith(assetsFolder) ? undefined : index);
