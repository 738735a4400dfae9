import { add, mean, mul, square, valueAndGrad } from '@subbyte/autograd';
import { createExecutor } from '@subbyte/graph';
import { fakeQuantize, type UniformQuantizer } from '@subbyte/quantizers';
import { flattenTree, type Tensor, type Tree, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { learnedUnit, type UnitVariables } from '../src/learned-unit.ts';
import { roundingPenalty } from '../src/soft-rounding.ts';
import { unitsOf } from '../src/units.ts';
import { images, network, onGrids } from './network.ts';

const float = network();
const graph = onGrids(float);

const everything = {
  rounding: true,
  codes: false,
  weightSteps: true,
  activationSteps: true,
  biases: true,
};

test('before it learns anything a unit computes with float weights inside their range', () => {
  for (const unit of unitsOf(graph, float, 'layer')) {
    const learned = learnedUnit(unit);
    const variables = learned.init(everything);
    for (const [i, slot] of unit.weights.entries()) {
      const weight = graph.constants.get(slot.constant) as Tensor;
      const far = (value: number): Tensor =>
        fakeQuantize(
          tensor(new Float32Array(weight.size).fill(value), weight.shape),
          slot.quantizer,
        );
      const [low, high] = [toNumbers(far(-1e9)), toNumbers(far(1e9))];
      const soft = toNumbers(learned.weight(variables, i));
      toNumbers(weight).forEach((value, k) => {
        const clamped = Math.min(Math.max(value, low[k] as number), high[k] as number);
        expect(soft[k]).toBeCloseTo(clamped, 5);
      });
    }
    // Rounded at once it is nearest rounding.
    const { constants, weights } = learned.harden(variables);
    for (const { constant, layer, quantizer } of unit.weights) {
      const nearest = fakeQuantize(graph.constants.get(constant) as Tensor, quantizer);
      expect(toNumbers(constants.get(constant) as Tensor)).toEqual(toNumbers(nearest));
      expect((weights.get(layer) as UniformQuantizer).scale).toEqual(quantizer.scale);
    }
    expect(learned.countFlips(variables).flips).toBe(0);
  }
});

test('gradients of a unit agree with differences', () => {
  const [, unit] = unitsOf(graph, float, 'layer');
  if (!unit) throw new Error('the network has fewer units than layers');
  const learned = learnedUnit(unit);
  const names = unit.inputs.map(({ quantized }) => quantized);
  const inputs = createExecutor(graph).run({ input: images(2, 5) }, { outputs: names });
  const lossOf = (variables: Tree): Tensor => {
    // Without grids: straight-through gradients are none of the function itself.
    const noise = { probability: 0, seed: 0 };
    const { outputs, shares } = learned.apply(variables as UnitVariables, inputs, noise);
    const penalties = shares.map((share) => mul(roundingPenalty(share, 3), 0.05));
    const squares = unit.outputs.map(({ quantized }) => mean(square(outputs[quantized] as Tensor)));
    return [...squares, ...penalties].reduce((sum, part) => add(sum, part));
  };
  const variables = learned.init(everything);
  const { gradient } = valueAndGrad(lossOf)(variables as Tree);
  const slopes = new Map(flattenTree(gradient));
  let checked = 0;
  for (const [path, leaf] of flattenTree(variables)) {
    if (path.startsWith('activationSteps')) continue;
    const data = leaf.data as Float32Array;
    for (let i = 0; i < data.length; i += Math.ceil(data.length / 12)) {
      const value = data[i] as number;
      const at = (x: number): number => {
        data[i] = x;
        return toNumbers(lossOf(variables))[0] as number;
      };
      const difference = (at(value + 5e-3) - at(value - 5e-3)) / 1e-2;
      data[i] = value;
      const slope = toNumbers(slopes.get(path) as Tensor)[i] as number;
      expect(Math.abs(slope - difference), `${path}[${i}]: ${slope}, ${difference}`).toBeLessThan(
        1e-3 + 0.02 * Math.abs(difference),
      );
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(20);
});
