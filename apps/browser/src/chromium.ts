import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { BrowserError } from './errors.ts';

/** Where Chromium is when nobody says. */
const usual: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/**
 * The Chromium to use: `SUBBYTE_CHROMIUM`, or one in the usual places; nothing when there is none.
 * @throws BrowserError when `SUBBYTE_CHROMIUM` names no file.
 */
export function findChromium(): string | undefined {
  const { SUBBYTE_CHROMIUM: chosen } = process.env;
  if (!chosen) return usual.find(existsSync);
  if (existsSync(chosen)) return chosen;
  throw new BrowserError(
    `SUBBYTE_CHROMIUM is ${chosen}, expected the path of a Chromium; no such file`,
  );
}

/** Starts a headless Chromium with a fresh profile and nothing that calls home. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      // WebGL2 and WebGPU on the processor (SwiftShader): slow, and the same everywhere.
      '--enable-unsafe-swiftshader',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
