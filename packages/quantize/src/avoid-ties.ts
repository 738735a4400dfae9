import { consumersOf, type Graph, type Node, producersOf, soleConsumer } from '@subbyte/graph';
import {
  codeRange,
  decode,
  encode,
  type Quantizer,
  type UniformQuantizer,
} from '@subbyte/quantizers';
import type { Tensor } from '@subbyte/tensor';
import { weightedOps } from './layers.ts';

/** Most that a step is changed by, relative to itself, and the number of places tried on both sides. */
const most = 2 ** -13;
const places = 32;

/** Part of the largest sum that a sum must keep away from a boundary: some roundings of float32. */
const margin = 2 ** -22;

function uniform(quantizer: Quantizer | undefined): UniformQuantizer | undefined {
  return quantizer?.scheme === 'uniform' ? quantizer : undefined;
}

/** The grid of what a layer gives, behind its activation. */
function resultGrid(
  value: string | undefined,
  soleReader: (value: string) => Node | undefined,
): UniformQuantizer | undefined {
  const reader = value === undefined ? undefined : soleReader(value);
  if (reader?.op === 'relu' || reader?.op === 'clip') {
    return resultGrid(reader.outputs[0], soleReader);
  }
  return reader?.op === 'fakeQuantize' ? uniform(reader.attributes.quantizer) : undefined;
}

/** The largest sum of codes of each group of weights that has a step of its own. */
function largestSums(weight: Tensor, own: UniformQuantizer, input: UniformQuantizer): number[] {
  const { min, max } = codeRange(input);
  const zeroPoint = input.zeroPoint[0] as number;
  const reach = Math.max(max - zeroPoint, zeroPoint - min);
  const codes = encode(weight, own).data as Int8Array;
  const { granularity } = own;
  const axis = granularity.kind === 'perChannel' ? granularity.axis : weight.shape.length;
  const inner = weight.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const sums = own.scale.map(() => 0);
  codes.forEach((code, i) => {
    const group = sums.length === 1 ? 0 : Math.floor(i / inner) % sums.length;
    sums[group] =
      (sums[group] as number) + Math.abs(code - (own.zeroPoint[group] as number)) * reach;
  });
  return sums;
}

/** How far sums stay away from all boundaries of `result`, in units of what is wanted; at most 1. */
function clearance(ratio: number, result: UniformQuantizer, largest: number): number {
  const { min, max } = codeRange(result);
  const wanted = margin * largest;
  let least = 1;
  for (let code = min; code < max; code++) {
    const boundary = (code + 0.5 - (result.zeroPoint[0] as number)) / ratio;
    if (Math.abs(boundary) > largest) continue;
    const away = Math.abs(boundary - Math.round(boundary));
    if (away < least * wanted) least = away / wanted;
  }
  return least;
}

/** The step nearest to `step` whose sums stay clear of the boundaries, or the clearest. */
function clearStep(step: number, input: number, result: UniformQuantizer, largest: number): number {
  const clearanceOf = (own: number): number =>
    clearance((own * input) / (result.scale[0] as number), result, largest);
  let [best, at] = [step, clearanceOf(step)];
  for (let place = 1; place <= 2 * places && at < 1; place++) {
    const shift = (place % 2 === 0 ? -1 : 1) * Math.ceil(place / 2) * (most / places);
    const candidate = Math.fround(step * (1 + shift));
    const clear = clearanceOf(candidate);
    if (clear > at) [best, at] = [candidate, clear];
  }
  return best;
}

/**
 * Moves weight steps, and the weights with them, by at most one part in 8192, so that no sum of codes lies on the boundary between two
 * codes of the result. Sums take whole values only, few at low bits: one that meets a boundary is met all the time, and
 * every engine rounds it by its own errors of float32 and fixed-point arithmetic.
 */
export function avoidTies(graph: Graph): Graph {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const soleReader = (value: string): Node | undefined => soleConsumer(graph, consumers, value);
  const gridOf = (name: string | undefined): UniformQuantizer | undefined => {
    const node = producers.get(name ?? '');
    return node?.op === 'fakeQuantize' ? uniform(node.attributes.quantizer) : undefined;
  };
  const cleared = new Map<string, UniformQuantizer>();
  const constants = new Map(graph.constants);
  for (const node of graph.nodes) {
    if (!weightedOps.has(node.op)) continue;
    const [from, by] = node.inputs;
    const [input, own] = [gridOf(from), gridOf(by)];
    const result = resultGrid(node.outputs[0], soleReader);
    if (!input || !own || !result || !soleReader(by as string)) continue;
    if ([input, result].some(({ granularity }) => granularity.kind !== 'perTensor')) continue;
    const name = producers.get(by as string)?.inputs[0] as string;
    const weight = graph.constants.get(name);
    if (!weight || !soleReader(name) || own.granularity.kind === 'perGroup') continue;
    const largest = largestSums(weight, own, input);
    const scale = own.scale.map((step, group) =>
      clearStep(step, input.scale[0] as number, result, largest[group] as number),
    );
    if (scale.every((step, group) => step === own.scale[group])) continue;
    const moved = { ...own, scale };
    cleared.set(by as string, moved);
    constants.set(name, decode(encode(weight, own), moved));
  }
  const nodes = graph.nodes.map((node) => {
    const quantizer = cleared.get(node.outputs[0] as string);
    return quantizer ? ({ ...node, attributes: { ...node.attributes, quantizer } } as Node) : node;
  });
  return { ...graph, nodes, constants };
}
