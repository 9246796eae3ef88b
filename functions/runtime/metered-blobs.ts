import type { Meter } from '#shared/ports/meter.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** Blobs that tell a meter of each request. A form for uploads, an address and a removal cost nothing. */
export const meteredBlobs = (blobs: Blobs, meter: Meter): Blobs => ({
  ...blobs,
  put: (key, bytes) => {
    meter.count({ blobPuts: 1 });
    return blobs.put(key, bytes);
  },
  get: (key) => {
    meter.count({ blobGets: 1 });
    return blobs.get(key);
  },
  read: (key, range) => {
    meter.count({ blobGets: 1 });
    return blobs.read(key, range);
  },
  size: (key) => {
    meter.count({ blobGets: 1 });
    return blobs.size(key);
  },
});
