import type { Engine } from './engine.ts';
import { ortNodeEngine } from './ort-node.ts';
import { ortWebEngine } from './ort-web.ts';
import { runtimeEngine } from './runtime.ts';
import { subbyteEngine } from './subbyte.ts';

/** Name of an engine. */
export type EngineName = 'subbyte' | 'runtime' | 'ort-node' | 'ort-web';

/** Every engine by name. */
export const engines: { readonly [Name in EngineName]: Engine } = {
  subbyte: subbyteEngine,
  runtime: runtimeEngine,
  'ort-node': ortNodeEngine,
  'ort-web': ortWebEngine,
};

/** The names, for options. */
export const engineNames: readonly EngineName[] = Object.keys(engines) as EngineName[];
