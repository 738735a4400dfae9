import { QuantizeError } from './errors.ts';
import type { LossKind } from './loss.ts';

/** How rounding is learned, unit by unit. */
export interface ReconstructionConfig {
  /**
   * - `adaround`: layer by layer, weights first, then the steps of the values' grids;
   * - `brecq`: residual blocks (or chains of layers), weights first, then steps;
   * - `qdrop`: blocks, weights and steps together, with every element on its grid by chance.
   */
  readonly method: 'adaround' | 'brecq' | 'qdrop';
  /**
   * Names of the layers of each unit, in the order in which they are learned, instead of the units that
   * are found: every layer in one of them. Other nodes may be named too; those that are not stay with
   * what they follow. `subbyte inspect --json` tells the units that are found.
   */
  readonly units?: readonly (readonly string[])[] | undefined;
  /** Updates per unit (weights; the steps of the values get half as many more). Default 1000. */
  readonly iterations?: number | undefined;
  /** Samples per update. Default 32. */
  readonly batchSize?: number | undefined;
  /**
   * Learning rate of the rounding variables (Adam, constant). Default 0.01, beyond 1000 iterations so much
   * less that all of them together go as far.
   */
  readonly roundingRate?: number | undefined;
  /** Learning rate of the values' steps, relative to the step (Adam, cosine). */
  readonly stepRate?: number | undefined;
  /** The same for the weights' steps; 0: they stay. */
  readonly weightStepRate?: number | undefined;
  /** The same for biases, relative to the mean magnitude of a layer's; 0: they stay. */
  readonly biasRate?: number | undefined;
  /** Weight of the penalty that drives weights to the grid (λ). */
  readonly penalty?: number | undefined;
  /** Share of the iterations without penalty. Default 0.2. */
  readonly warmUp?: number | undefined;
  /** Chance that an element keeps its value while learning, `qdrop` with grids for values only. Default 0.5. */
  readonly dropProbability?: number | undefined;
  /** What results are compared by: plainly, or weighted by the Fisher information. Default `meanSquare`. */
  readonly loss?: LossKind | undefined;
  /**
   * Weight of the difference that a unit's results make in the network's outputs (PD-Quant, Liu et
   * al. 2023); 0: not looked at. It runs the float network behind the unit at every update.
   */
  readonly predictionDifference?: number | undefined;
  /**
   * Updates of all steps, biases and codes together at the end, by the network's outputs; 0: none.
   * Default 500, with weights of fewer than 4 bits 1000.
   */
  readonly finishIterations?: number | undefined;
  /** Their learning rate, relative to the steps (Adam; rises for a tenth of the updates, then cosine). */
  readonly finishRate?: number | undefined;
  /** The learning rate of the weights' codes there, in steps; 0: they stay. */
  readonly finishCodeRate?: number | undefined;
}

/** Every option in place. */
export type ResolvedReconstruction = {
  readonly [K in Exclude<keyof ReconstructionConfig, 'units'>]-?: Exclude<
    ReconstructionConfig[K],
    undefined
  >;
} & Pick<ReconstructionConfig, 'units'>;

type Defaults = Omit<ResolvedReconstruction, 'method' | 'units'>;

const defaults: Omit<Defaults, 'roundingRate' | 'finishIterations'> = {
  iterations: 1000,
  batchSize: 32,
  stepRate: 2e-3,
  weightStepRate: 0,
  biasRate: 0,
  penalty: 0.01,
  warmUp: 0.2,
  dropProbability: 0.5,
  loss: 'meanSquare',
  predictionDifference: 0,
  finishRate: 1e-3,
  finishCodeRate: 3e-3,
};

const methods = ['adaround', 'brecq', 'qdrop'];
const losses = ['meanSquare', 'fisherDiagonal', 'fisherFull'];

function check(role: string, value: number, least: number, most: number, whole = false): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new QuantizeError(
    `reconstruction.${role} is ${value}: expected ${kind} from ${least} to ${most}`,
  );
}

/**
 * Fills defaults in, as measured (docs/decisions/reconstruction.md).
 * @param bits Of the weights of most layers.
 * @throws QuantizeError naming the option, its value and what was expected.
 */
export function resolveReconstruction(
  config: ReconstructionConfig,
  bits: number,
): ResolvedReconstruction {
  if (!methods.includes(config.method)) {
    throw new QuantizeError(
      `reconstruction.method is ${config.method}: expected ${methods.join(', ')}`,
    );
  }
  const { units } = config;
  const isUnit = (unit: unknown): boolean =>
    Array.isArray(unit) && unit.length > 0 && unit.every((name) => typeof name === 'string');
  if (units !== undefined && !(Array.isArray(units) && units.length > 0 && units.every(isUnit))) {
    throw new QuantizeError(
      'reconstruction.units are no lists of names: expected [["conv1"], ["conv2", "conv3"]]',
    );
  }
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  const { iterations = defaults.iterations } = config;
  const resolved = {
    ...defaults,
    roundingRate: 1e-2 * Math.min(1, 1000 / iterations),
    finishIterations: bits < 4 ? 1000 : 500,
    ...Object.fromEntries(given),
  } as ResolvedReconstruction;
  check('iterations', resolved.iterations, 1, 1e6, true);
  check('finishIterations', resolved.finishIterations, 0, 1e6, true);
  check('batchSize', resolved.batchSize, 1, 4096, true);
  for (const rate of [
    'roundingRate',
    'stepRate',
    'weightStepRate',
    'biasRate',
    'finishRate',
    'finishCodeRate',
  ] as const) {
    check(rate, resolved[rate], 0, 1);
  }
  if (!losses.includes(resolved.loss)) {
    throw new QuantizeError(
      `reconstruction.loss is ${resolved.loss}: expected ${losses.join(', ')}`,
    );
  }
  check('predictionDifference', resolved.predictionDifference, 0, 1e3);
  check('penalty', resolved.penalty, 0, 1e3);
  check('warmUp', resolved.warmUp, 0, 0.9);
  check('dropProbability', resolved.dropProbability, 0, 1);
  return resolved;
}
