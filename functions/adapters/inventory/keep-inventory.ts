import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { type InventoryAges, readingsFolder } from '#shared/config/inventory.ts';
import { isAppError, messageOf } from '#shared/errors/app-error.ts';
import { inventoryNodeSchema } from '#shared/model/node.ts';
import type { InventoryStore, ReadingRecord } from '#shared/ports/inventory-store.ts';
import {
  type Blobs,
  type Clock,
  type Inventory,
  type InventoryReading,
  type InventoryWish,
  type Log,
  nowIso,
} from '#shared/ports/services.ts';
import type { CloudInventory } from './cloud-inventory.ts';

/** What keeping readings needs. */
export interface KeepInventoryOptions {
  readonly clouds: CloudInventory;
  /** What is read: accounts and regions, as a text. A reading of others is not taken for it. */
  readonly source: string;
  readonly ages: InventoryAges;
  readonly store: InventoryStore;
  readonly blobs: Pick<Blobs, 'get' | 'put'>;
  readonly clock: Clock;
  readonly log: Log;
}

type Kept = Pick<InventoryReading, 'id' | 'nodes' | 'readAt'>;

const readingSchema = z.object({ source: z.string(), readAt: z.iso.datetime(), nodes: z.array(inventoryNodeSchema) });

const zip = promisify(gzip);
const unzip = promisify(gunzip);

const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** Readings are named by their content, so whoever writes one twice writes the same. */
const keyOf = (id: string): string => `${readingsFolder}${id}.json.gz`;

const fetchReading = async (blobs: Pick<Blobs, 'get'>, source: string, id: string): Promise<Kept | undefined> => {
  try {
    const text = new TextDecoder().decode(await unzip(await blobs.get(keyOf(id))));
    const read = readingSchema.safeParse(JSON.parse(text));
    // One of another version of Drover is worth nothing: the clouds are read anew.
    return read.success && read.data.source === source
      ? { id, nodes: read.data.nodes, readAt: read.data.readAt }
      : undefined;
  } catch (error) {
    if (isAppError(error, 'blob.not-found')) return undefined;
    throw error;
  }
};

/** The parts of an inventory that are kept between calls. */
interface Memory {
  /** The latest reading that this process has seen. */
  latest?: Kept;
  /** Under way. */
  reading?: Promise<Kept>;
}

type Keeper = KeepInventoryOptions & { readonly memory: Memory };

const ageSeconds = ({ clock }: Keeper, { readAt }: Pick<Kept, 'readAt'>): number =>
  (clock.now() - Date.parse(readAt)) / 1000;

const remember = (memory: Memory, reading: Kept): Kept => {
  if (memory.latest === undefined || memory.latest.readAt <= reading.readAt) memory.latest = reading;
  return reading;
};

/** Puts a reading where others find it. That it cannot be kept costs them a reading of their own, and this caller nothing. */
const keep = async ({ blobs, store, log }: Keeper, record: ReadingRecord, text: string): Promise<void> => {
  try {
    await blobs.put(keyOf(record.id), await zip(text));
    await store.putReading(record);
  } catch (error) {
    log.warn('inventory.not-kept', { reason: messageOf(error) });
  }
};

const readClouds = async (keeper: Keeper): Promise<Kept> => {
  const { clouds, clock, source, memory } = keeper;
  // What is said of a reading must hold for all of it: it is as old as its beginning.
  const readAt = nowIso(clock);
  const nodes = await clouds.list();
  const text = JSON.stringify({ source, readAt, nodes });
  const id = digestOf(text);
  await keep(keeper, { source, id, readAt }, text);
  return remember(memory, { id, nodes, readAt });
};

/** Reads the clouds; callers that ask while a reading is under way share it. */
const readShared = (keeper: Keeper): Promise<Kept> => {
  const { memory } = keeper;
  const known = memory.reading;
  if (known !== undefined) return known;
  const reading = readClouds(keeper).finally(() => {
    delete memory.reading;
  });
  memory.reading = reading;
  return reading;
};

/** The latest reading that anybody has kept. */
const latest = async ({ store, blobs, source, memory }: Keeper): Promise<Kept | undefined> => {
  const record = await store.getReading(source);
  if (record === undefined || record.id === memory.latest?.id) return memory.latest;
  const found = await fetchReading(blobs, source, record.id);
  return found === undefined ? memory.latest : remember(memory, found);
};

const youngEnough = async (keeper: Keeper, { maxAgeSeconds }: InventoryWish): Promise<Kept | undefined> => {
  const isYoung = (one: Kept | undefined): one is Kept => one !== undefined && ageSeconds(keeper, one) <= maxAgeSeconds;
  if (maxAgeSeconds <= 0) return undefined;
  if (isYoung(keeper.memory.latest)) return keeper.memory.latest;
  const found = await latest(keeper);
  return isYoung(found) ? found : undefined;
};

const list = async (keeper: Keeper, wish: InventoryWish): Promise<InventoryReading> => {
  const kept = await youngEnough(keeper, wish);
  if (kept !== undefined) return { ...kept, fresh: false };
  try {
    return { ...(await readShared(keeper)), fresh: true };
  } catch (error) {
    if (wish.orOlder !== true || !isAppError(error, 'inventory.unavailable')) throw error;
    const older = await latest(keeper);
    if (older === undefined) throw error;
    return { ...older, fresh: true, problem: error.message };
  }
};

/**
 * An inventory that keeps what it reads, for all processes: the reading in a blob, and which one is the latest in the table. Readers do no harm
 * to each other: whoever reads at the same time writes a reading of their own, and the latest counts.
 */
export const keepInventory = (options: KeepInventoryOptions): Inventory => {
  const keeper: Keeper = { ...options, source: digestOf(options.source), memory: {} };
  return {
    ages: options.ages,
    list: (wish) => list(keeper, wish),
    again: async (id) => {
      const { memory, blobs, source } = keeper;
      const found = memory.latest?.id === id ? memory.latest : await fetchReading(blobs, source, id);
      return found && { ...found, fresh: false };
    },
  };
};
