// What is kept while each unit learns, and how, so that a bound on memory holds: decided before any
// work by sizes alone, so that an interrupted run that is gone on with decides the same.

import { type Graph, inferTypes, type ValueType } from '@subbyte/graph';
import type { Shape } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import { gridsOf } from './grids.ts';
import { type Form, formBytes } from './kept-value.ts';
import { liveNames } from './live-values.ts';
import type { Bucket } from './sample-chunks.ts';
import type { Unit } from './units.ts';
import { withoutValueGrids } from './value-grids.ts';
import type { PlannedPass } from './work.ts';

/**
 * How a unit's samples are kept, in the order in which it is tried:
 * - `float32`: inputs and targets as they are;
 * - `codes`: inputs of the quantized network by their codes where they lie on a grid, which is exact;
 * - `float16`: all others rounded to halves;
 * - `inputs`: inputs so, targets computed anew for every batch;
 * - `recomputed`: nothing, inputs too are computed from what an earlier unit kept, or from the samples.
 */
export type CacheMode = 'float32' | 'codes' | 'float16' | 'inputs' | 'recomputed';

/** What is kept for one unit. */
export interface CachePlan {
  readonly mode: CacheMode;
  readonly form: Form;
  /** Number of the unit whose inputs are kept; 0: the samples. */
  readonly cut: number;
  /** Most bytes that are held until the unit is learned, with those of one batch. */
  readonly bytes: number;
}

/** Whether targets are kept in a mode. */
export const keepsTargets = (mode: CacheMode): boolean =>
  mode === 'float32' || mode === 'codes' || mode === 'float16';

const tries: readonly (readonly [CacheMode, Form])[] = [
  ['float32', 'float32'],
  ['codes', 'codes'],
  ['float16', 'float16'],
  ['inputs', 'float16'],
];

/** Bytes of a chunk of each bucket. */
type Sizes = readonly number[];

/** What values of a unit take. */
interface UnitSizes {
  readonly name: string;
  readonly layers: readonly string[];
  /** Of what is kept of its inputs, and of its targets and their weights. */
  readonly inputs: { readonly [F in Form]: Sizes };
  readonly results: { readonly [F in Form]: Sizes };
  /** What one batch takes besides what is kept, with float32 inputs. */
  readonly piece: Sizes;
  readonly pieceInputs: Sizes;
  readonly weighted: boolean;
}

const add = (...all: readonly Sizes[]): Sizes =>
  (all[0] as Sizes).map((_, b) => all.reduce((sum, sizes) => sum + (sizes[b] as number), 0));

type Types = ReadonlyMap<string, ValueType>;

/** Sizes that depend on the data count nothing: nobody knows them before. */
function bytesOf({ shape, dtype }: ValueType, form: Form): number {
  const elements = (shape ?? []).map((size) => (typeof size === 'number' ? size : 0));
  return elements.reduce((a, b) => a * b, 1) * formBytes(form, dtype);
}

/** Sizes of the units of a pass. */
function sizesOf(
  { units, settings }: PlannedPass,
  quantized: Graph,
  types: { readonly quantized: readonly Types[]; readonly float: readonly Types[] },
): UnitSizes[] {
  const gridOf = gridsOf(settings.valueGrids ? quantized : withoutValueGrids(quantized));
  const samples = new Set(quantized.inputs.map(({ name }) => name));
  const total = (
    kind: 'float' | 'quantized',
    names: Iterable<string>,
    form: Form,
    borrowed = true,
  ): Sizes => {
    const own = [...names].filter((name) => !(borrowed && samples.has(name)));
    return types[kind].map((known) =>
      own.reduce((sum, name) => {
        const isCoded = form !== 'float32' && kind === 'quantized' && gridOf(name) !== undefined;
        const actual = isCoded ? 'codes' : form === 'codes' ? 'float32' : form;
        const type = known.get(name);
        return sum + (type ? bytesOf(type, actual) : 0);
      }, 0),
    );
  };
  const weighted = settings.loss !== 'meanSquare';
  return units.map((unit: Unit, i) => {
    const live = {
      quantized: liveNames(units, i, 'quantized'),
      float: liveNames(units, i, 'float'),
    };
    const targets = unit.float.outputs.map(({ name }) => name);
    const inputs = (form: Form): Sizes =>
      add(total('quantized', live.quantized, form), total('float', live.float, form));
    const results = (form: Form): Sizes => total('float', targets, form);
    const made = total(
      'quantized',
      unit.quantized.outputs.map(({ name }) => name),
      'float32',
    );
    // Read and written at once while they are moved along.
    const [fromQuantized, fromFloat] = (['quantized', 'float'] as const).map((kind) =>
      total(kind, live[kind], 'float32', false),
    ) as [Sizes, Sizes];
    const pieceInputs = fromQuantized.map(
      (bytes, b) => 2 * Math.max(bytes, fromFloat[b] as number),
    );
    return {
      name: `${settings.name} ${unit.name}`,
      layers: unit.layers,
      inputs: { float32: inputs('float32'), codes: inputs('codes'), float16: inputs('float16') },
      results: {
        float32: results('float32'),
        codes: results('codes'),
        float16: results('float16'),
      },
      pieceInputs,
      piece: add(
        pieceInputs,
        results('float32'),
        results('float32'),
        made,
        ...(weighted ? [results('float32')] : []),
      ),
      weighted,
    };
  });
}

/** A unit that does not fit, and what it takes. */
interface Misfit {
  readonly unit: UnitSizes;
  readonly bytes: number;
}

/** Plans one pass; the misfit is the first. */
function planPass(
  sizes: readonly UnitSizes[],
  learns: readonly boolean[],
  counts: readonly number[],
  memory: number,
): CachePlan[] | Misfit {
  const whole = (chunk: Sizes): number[] => chunk.map((bytes, b) => bytes * (counts[b] as number));
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  const most = (chunk: Sizes): number => Math.max(0, ...chunk);
  /** The most held while one kind of bytes takes the place of another, bucket by bucket. */
  const between = (from: readonly number[], to: readonly number[]): number =>
    Math.max(...[...from, 0].map((_, b) => sum(to.slice(0, b)) + sum(from.slice(b))));
  const nothing = counts.map(() => 0);
  /** What is held: the inputs of unit `cut`, and with targets of the last unit. */
  let held = { cut: 0, inputs: nothing, all: nothing };
  const plans: CachePlan[] = [];
  for (const [i, unit] of sizes.entries()) {
    if (!learns[i]) {
      plans.push({ mode: 'recomputed', form: 'float32', cut: held.cut, bytes: 0 });
      continue;
    }
    const weightsOf = (form: Form): number => (unit.weighted ? sum(whole(unit.results[form])) : 0);
    const pieceFrom = (cut: number): number =>
      cut === i ? most(unit.piece) : most(add(unit.piece, (sizes[cut] as UnitSizes).pieceInputs));
    /** What it takes to compute the inputs of the unit, chunk by chunk: one network after the other. */
    const { pieceInputs: before } = sizes[held.cut] as UnitSizes;
    const moving =
      i === held.cut ? 0 : most(unit.pieceInputs.map((own, b) => own + (before[b] as number) / 2));
    const candidates = tries.map(([mode, form]) => {
      const inputs = i === held.cut ? held.inputs : whole(unit.inputs[form]);
      const targets = keepsTargets(mode) ? whole(unit.results[form]) : nothing;
      const all = inputs.map((bytes, b) => bytes + (targets[b] as number));
      const bytes = Math.max(
        between(held.all, inputs) + moving,
        sum(all) + weightsOf(form) + pieceFrom(i),
      );
      const plan = { mode, form, cut: i, bytes };
      return { plan, held: { cut: i, inputs, all } };
    });
    for (const cut of new Set([held.cut, 0])) {
      const inputs = cut === 0 ? nothing : held.inputs;
      const bytes = sum(inputs) + weightsOf('float16') + pieceFrom(cut);
      const plan = { mode: 'recomputed', form: 'float16', cut, bytes } as const;
      candidates.push({ plan, held: { cut, inputs, all: inputs } });
    }
    const chosen = candidates.find(({ plan }) => plan.bytes <= memory);
    if (!chosen) return { unit, bytes: Math.min(...candidates.map(({ plan }) => plan.bytes)) };
    plans.push(chosen.plan);
    held = chosen.held;
  }
  return plans;
}

const isMisfit = (plan: CachePlan[] | Misfit): plan is Misfit => !Array.isArray(plan);

/**
 * Decides for every unit of every pass what is kept of it.
 * @throws QuantizeError when a unit does not fit into `memory` bytes, with the least that would do.
 */
export function planCaches(
  passes: readonly PlannedPass[],
  float: Graph,
  quantized: Graph,
  buckets: readonly Bucket[],
  memory: number,
): CachePlan[][] {
  const shapes = buckets.map(
    ({ chunks: [first = {}] }): Record<string, Shape> =>
      Object.fromEntries(Object.entries(first).map(([name, { shape }]) => [name, shape])),
  );
  const types = {
    quantized: shapes.map((own) => inferTypes(quantized, own)),
    float: shapes.map((own) => inferTypes(float, own)),
  };
  const counts = buckets.map(({ chunks }) => chunks.length);
  const sizes = passes.map((pass) => sizesOf(pass, quantized, types));
  const planAll = (bound: number) =>
    passes.map(({ learns }, p) => planPass(sizes[p] as UnitSizes[], learns, counts, bound));
  const plans = planAll(memory);
  const misfit = plans.find(isMisfit);
  if (!misfit) return plans as CachePlan[][];
  // Between what fails and what everything fits into lies the least that will do.
  let [low, high] = [memory, memory];
  while (planAll(high).some(isMisfit)) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (planAll(middle).some(isMisfit)) low = middle;
    else high = middle;
  }
  const { unit, bytes } = misfit;
  throw new QuantizeError(
    `memory is ${memory}: ${unit.name} (${unit.layers.join(', ')}) needs ${bytes} bytes; the least that works is ${high}, fewer samples per update (reconstruction.batchSize) need less`,
  );
}
