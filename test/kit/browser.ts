import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Where Debian and others put Chromium. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; tests that drive one are left out where there is none. */
export const browserPath = places.find((path) => existsSync(path));

/** Root needs no sandbox; nothing is to be asked of the network but the page. */
export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A window of a browser, with what went wrong in it. */
export interface Window {
  readonly page: Page;
  /** What the page complained of: errors of scripts, and what its policy forbade. */
  readonly complaints: readonly string[];
}

/** Starts a browser for the tests of a file; each window is apart from the others. */
export const useBrowser = (): (() => Promise<Window>) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: browserFlags });
  });
  afterAll(() => browser.close());
  return async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return { page, complaints };
  };
};
