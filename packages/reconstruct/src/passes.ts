// The passes that a method is made of, as data.

import type { Stage } from './learn-unit.ts';
import type { ResolvedReconstruction } from './options.ts';
import type { UnitKind } from './units.ts';
import type { UnitNames } from './units-by-hand.ts';

/** What one pass over the units learns, and how. */
export interface PassSettings extends Omit<Stage, 'seed' | 'batchSize'> {
  /** `weights`, `steps`, `joint` or `network`. */
  readonly name: string;
  readonly kind: UnitKind;
  /** Units by hand, in place of blocks or layers. */
  readonly byHand: UnitNames | undefined;
  /** Whether values are on their grids meanwhile. */
  readonly valueGrids: boolean;
}

/** The passes in the order in which they run. `hasGrids`: whether any value has a grid. */
export function passesOf(options: ResolvedReconstruction, hasGrids: boolean): PassSettings[] {
  const stage = {
    iterations: options.iterations,
    penalty: options.penalty,
    warmUp: options.warmUp,
    rates: {
      rounding: options.roundingRate,
      codes: 0,
      activationSteps: options.stepRate,
      weightSteps: options.weightStepRate,
      biases: options.biasRate,
    },
    loss: options.loss,
    predictionDifference: options.predictionDifference,
    rise: 0,
    power: 2,
    grid: 1,
    quantizedInput: 1,
    valueGrids: true,
    byHand: options.units,
  };
  const weights = {
    rounding: true,
    codes: false,
    weightSteps: options.weightStepRate > 0,
    activationSteps: false,
    biases: options.biasRate > 0,
  };
  const passes: PassSettings[] = [];
  if (options.method === 'qdrop') {
    // Weights alone are learned better with what the quantized prefix really makes (measured).
    const kept = hasGrids ? 1 - options.dropProbability : 1;
    const learned = { ...weights, activationSteps: options.stepRate > 0 };
    passes.push({
      ...stage,
      name: 'joint',
      kind: 'block',
      learned,
      grid: kept,
      quantizedInput: kept,
    });
  } else {
    const kind = options.method === 'adaround' ? 'layer' : 'block';
    passes.push({ ...stage, name: 'weights', kind, learned: weights, valueGrids: false });
    if (hasGrids) {
      passes.push({
        ...stage,
        iterations: Math.ceil(options.iterations / 2),
        name: 'steps',
        kind,
        learned: {
          rounding: false,
          codes: false,
          weightSteps: false,
          activationSteps: true,
          biases: false,
        },
        // BRECQ's second stage feeds every unit with float inputs.
        quantizedInput: 0,
        loss: 'meanSquare',
        power: 2.4,
      });
    }
  }
  if (options.finishIterations > 0) {
    passes.push({
      ...stage,
      iterations: options.finishIterations,
      rates: {
        rounding: 0,
        codes: options.finishCodeRate,
        activationSteps: options.finishRate,
        weightSteps: options.finishRate,
        biases: options.finishRate,
      },
      // Adam's first updates go as far for every code, whatever its gradient: at full rate thousands of them change at once.
      rise: 0.1,
      name: 'network',
      kind: 'network',
      loss: 'meanSquare',
      predictionDifference: 0,
      learned: {
        rounding: false,
        codes: options.finishCodeRate > 0,
        weightSteps: true,
        activationSteps: true,
        biases: true,
      },
    });
  }
  return passes;
}
