import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatFileValue } from '#shared/files/file-value.ts';
import type { WrapperFile } from '#shared/script/wrapper.ts';

/** A site on loopback that hands files out. */
export interface FileSite extends AsyncDisposable {
  offer(name: string, bytes: Uint8Array, change?: Partial<WrapperFile>): WrapperFile;
  readonly requests: string[];
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const openFileSite = async (): Promise<FileSite> => {
  const files = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const bytes = files.get(path);
    response.writeHead(bytes === undefined ? 403 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    offer: (name, bytes, change = {}) => {
      const path = `/f${files.size}?X-Sig=a%2Fb&c=d`;
      files.set(path, bytes);
      const digest = sha256(bytes);
      const value = formatFileValue({ sha256: digest, name });
      return { value, name, sha256: digest, url: `http://127.0.0.1:${port}${path}`, ...change };
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
