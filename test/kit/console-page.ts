import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../console', import.meta.url));

/** Builds the page of the console as it is deployed, into a folder. */
export const buildConsolePage = async (folder: string): Promise<void> => {
  await build({
    root,
    configFile: `${root}/vite.config.ts`,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
};
