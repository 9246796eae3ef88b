import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  resolve: { alias: [{ find: /^#shared\//, replacement: fileURLToPath(new URL('../shared/', import.meta.url)) }] },
  // Nothing is inlined: the page's policy allows scripts, styles and pictures of its own files only.
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
});
