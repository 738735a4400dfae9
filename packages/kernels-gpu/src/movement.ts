// Kernels that only move elements read, for each element of the result, one of the operand: along each axis at a place that is
// affine in the coordinate, or that a table tells.

import {
  type DepthToSpaceOptions,
  DeviceRefusal,
  KernelError,
  nearestOffsets,
  padOffsets,
} from '@subbyte/kernels';
import { broadcastStrides, type Shape, stridesOf, type Tensor, toNumbers } from '@subbyte/tensor';
import type { Launcher } from './device.ts';
import { defineAny, type KernelFactories, type KernelFactory } from './kernel.ts';
import { coordinates, kernelSource, literal, walk } from './source.ts';

type Launch = (source: string, operands: readonly Tensor[]) => Tensor;

/** Reads `x` at `start` plus the coordinates of an element of `shape` times `strides`. */
function readAffine(
  launch: Launch,
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  start = 0,
): Tensor {
  const { statements, offsets } = walk('i', { sizes: shape, strides: [strides] }, 'p');
  const from = start === 0 ? `${offsets[0]}` : `${start} + ${offsets[0]}`;
  return launch(kernelSource(['x'], `${statements}return x[${from}];`), [x]);
}

/** Where the elements along one axis come from; -1: from nowhere. */
type Places = ArrayLike<number>;

const isSame = (places: Places, length: number): boolean =>
  places.length === length && Array.from(places).every((place, k) => place === k);

/**
 * Reads `x` where `places` say, one list per axis (`undefined`: the axis stays as it is); `fill` where a place is -1.
 * Neighbouring axes that stay are taken together.
 */
function readPlaces(
  launcher: Launcher,
  launch: Launch,
  x: Tensor,
  places: readonly (Places | undefined)[],
  fill: number,
): Tensor {
  const sizes: number[] = [];
  const lengths: number[] = [];
  const lists: (Places | undefined)[] = [];
  for (const [axis, length] of x.shape.entries()) {
    const own = places[axis];
    const list = own && isSame(own, length) ? undefined : own;
    const last = sizes.length - 1;
    if (!list && last >= 0 && !lists[last]) {
      sizes[last] = (sizes[last] as number) * length;
      lengths[last] = (lengths[last] as number) * length;
      continue;
    }
    sizes.push(list ? list.length : length);
    lengths.push(length);
    lists.push(list);
  }
  const strides = stridesOf(lengths);
  const table: number[] = [];
  let body = coordinates('i', sizes, 'p');
  let inside = '';
  const terms: string[] = [];
  for (const [axis, list] of lists.entries()) {
    let place = `p${axis}`;
    if (list) {
      place = `q${axis}`;
      body += `let ${place} = places[${table.length} + p${axis}];\n`;
      table.push(...Array.from(list));
      if (Array.from(list).some((one) => one < 0)) inside += `if (${place} < 0) { inside = 0; }\n`;
    }
    terms.push(`${place} * ${strides[axis]}`);
  }
  const offset = terms.join(' + ') || '0';
  if (table.length === 0) return launch(kernelSource(['x'], `${body}return x[${offset}];`), [x]);
  if (inside) {
    body += `let inside = 1;\n${inside}let v = i * 0 + ${literal(fill)};\nif (inside > 0.5) { v = x[${offset}]; }\nreturn v;`;
  } else body += `return x[${offset}];`;
  const there = launcher.table(`places ${table}`, () => table);
  return launch(kernelSource(['x', 'places'], body), [x, there]);
}

const transpose: KernelFactory<'transpose'> = defineAny(
  'transpose',
  ({ launch, shape }, [x], { permutation }) => {
    const strides = stridesOf(x.shape);
    return readAffine(
      launch,
      x,
      shape,
      permutation.map((axis) => strides[axis] as number),
    );
  },
);

const slice: KernelFactory<'slice'> = defineAny(
  'slice',
  ({ launch, shape }, [x], { starts, steps }) => {
    const strides = stridesOf(x.shape);
    const start = starts.reduce((total, one, axis) => total + one * (strides[axis] as number), 0);
    const moved = strides.map((stride, axis) => stride * (steps[axis] as number));
    return readAffine(launch, x, shape, moved, start);
  },
);

const expand: KernelFactory<'expand'> = defineAny('expand', ({ launch, shape }, [x]) =>
  readAffine(launch, x, shape, broadcastStrides(x.shape, shape)),
);

const tile: KernelFactory<'tile'> = defineAny('tile', ({ launcher, launch, shape }, [x]) => {
  const places = x.shape.map((length, axis) =>
    Array.from({ length: shape[axis] as number }, (_, k) => k % length),
  );
  return readPlaces(launcher, launch, x, places, 0);
});

const pad: KernelFactory<'pad'> = defineAny('pad', ({ launcher, launch }, [x], options) => {
  const places = x.shape.map((length, axis) => {
    const [before, after] = [options.before[axis] as number, options.after[axis] as number];
    return padOffsets([length], { ...options, before: [before], after: [after] });
  });
  return readPlaces(launcher, launch, x, places, options.value);
});

/** The places of a resize to the nearest element. */
export function readNearest(
  launcher: Launcher,
  launch: Launch,
  x: Tensor,
  options: Parameters<typeof nearestOffsets>[1],
): Tensor {
  const places = x.shape.map((length, axis) => {
    const [size, scale] = [options.shape[axis] as number, options.scales[axis] as number];
    return nearestOffsets([length], { ...options, shape: [size], scales: [scale] });
  });
  return readPlaces(launcher, launch, x, places, 0);
}

/** Elements at indices that JavaScript can read: they become a table. */
const gather: KernelFactory<'gather'> = defineAny(
  'gather',
  ({ launcher, launch }, [x, indices], { axis }) => {
    if (!launcher.isReadable(indices)) {
      throw new DeviceRefusal('gather at computed indices has no code for a GPU');
    }
    const length = x.shape[axis] as number;
    const wanted = toNumbers(indices).map((index) => (index < 0 ? index + length : index));
    if (wanted.some((index) => !(index >= 0 && index < length))) {
      throw new KernelError(
        `gather: indices [${toNumbers(indices)}] are not all in [${-length}, ${length})`,
      );
    }
    const places = x.shape.map((_, k) => (k === axis ? wanted : undefined));
    return readPlaces(launcher, launch, x, places, 0);
  },
);

/** A permutation of an image whose axes were split into blocks. */
function permuted(launch: Launch, x: Tensor, sizes: Shape, permutation: readonly number[]): Tensor {
  const strides = stridesOf(sizes);
  return readAffine(
    launch,
    x,
    permutation.map((axis) => sizes[axis] as number),
    permutation.map((axis) => strides[axis] as number),
  );
}

type Image = readonly [number, number, number, number];

const depthToSpace: KernelFactory<'depthToSpace'> = defineAny(
  'depthToSpace',
  ({ launch, shape }, [x], { blockSize: block, mode }: DepthToSpaceOptions) => {
    const [batch, , height, width] = x.shape as Image;
    const depth = shape[1] as number;
    return mode === 'dcr'
      ? permuted(launch, x, [batch, block, block, depth, height, width], [0, 3, 4, 1, 5, 2])
      : permuted(launch, x, [batch, depth, block, block, height, width], [0, 1, 4, 2, 5, 3]);
  },
);

const spaceToDepth: KernelFactory<'spaceToDepth'> = defineAny(
  'spaceToDepth',
  ({ launch, shape }, [x], { blockSize: block, mode }: DepthToSpaceOptions) => {
    const [batch, channels] = x.shape as Image;
    const [, , rows, columns] = shape as Image;
    const sizes = [batch, channels, rows, block, columns, block];
    return permuted(launch, x, sizes, mode === 'dcr' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  },
);

/** Kernels that move elements. */
export const movementKernels: KernelFactories<
  'transpose' | 'slice' | 'expand' | 'tile' | 'pad' | 'gather' | 'depthToSpace' | 'spaceToDepth'
> = {
  transpose,
  slice,
  expand,
  tile,
  pad,
  gather,
  depthToSpace,
  spaceToDepth,
};
