import { createServer, type Server } from 'node:http';

/** A site on loopback that hands texts out, as blob storage does under presigned addresses. */
export interface BlobSite {
  /** Puts a text at a new address. */
  offer(content: string): string;
  /** Path of each request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Opens one; what it does not know it answers with 403, as S3 does. */
export const openBlobSite = async (): Promise<BlobSite> => {
  const texts = new Map<string, string>();
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const text = texts.get(path);
    response.writeHead(text === undefined ? 403 : 200).end(text ?? '<Error><Code>AccessDenied</Code></Error>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    offer: (content) => {
      const path = `/blob-${texts.size}?X-Sig=a%2Fb&c='d'`;
      texts.set(path, content);
      return `http://127.0.0.1:${port}${path}`;
    },
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
