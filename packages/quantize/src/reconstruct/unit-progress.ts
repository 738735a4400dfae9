import type { Graph } from '@subbyte/graph';
import type { UnitProgress } from '../config.ts';
import type { ResolvedReconstruction } from './options.ts';
import type { PassProgress } from './pass.ts';
import { type UnitKind, unitsOf } from './units.ts';

/** Adds layer names to the progress of passes over `quantized`. */
export function unitNamer(
  quantized: Graph,
  float: Graph,
  method: ResolvedReconstruction['method'],
): (progress: PassProgress) => UnitProgress {
  const layers = new Map<UnitKind, readonly (readonly string[])[]>();
  return ({ pass, unit, units, iteration, iterations }) => {
    const kind = pass === 'network' ? 'network' : method === 'adaround' ? 'layer' : 'block';
    const names = layers.get(kind) ?? unitsOf(quantized, float, kind).map((own) => own.layers);
    layers.set(kind, names);
    return { pass, unit, units, layers: names[unit] ?? [], iteration, iterations };
  };
}
