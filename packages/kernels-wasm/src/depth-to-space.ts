import { stridesOf } from '@subbyte/tensor';
import { defineCopy } from './copy.ts';
import type { KernelFactory } from './kernel.ts';

/** Moves channels into `blockSize` x `blockSize` squares. */
export const depthToSpace: KernelFactory<'depthToSpace'> = defineCopy(
  'depthToSpace',
  (x, { blockSize, mode }) => {
    const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
    const kept = channels / blockSize ** 2;
    // The source seen as [N, block, block, kept, H, W] (dcr) or [N, kept, block, block, H, W] (crd).
    const sizes = mode === 'dcr' ? [blockSize, blockSize, kept] : [kept, blockSize, blockSize];
    const strides = stridesOf([batch, ...sizes, height, width]);
    const order = mode === 'dcr' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    return {
      shape: [batch, kept, height, blockSize, width, blockSize],
      strides: order.map((axis) => strides[axis] as number),
    };
  },
);

/** Moves squares of `blockSize` x `blockSize` into channels. */
export const spaceToDepth: KernelFactory<'spaceToDepth'> = defineCopy(
  'spaceToDepth',
  (x, { blockSize, mode }) => {
    const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
    const [rows, columns] = [height / blockSize, width / blockSize];
    const strides = stridesOf([batch, channels, rows, blockSize, columns, blockSize]);
    const order = mode === 'dcr' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
    const sizes =
      mode === 'dcr' ? [blockSize, blockSize, channels] : [channels, blockSize, blockSize];
    return {
      shape: [batch, ...sizes, rows, columns],
      strides: order.map((axis) => strides[axis] as number),
    };
  },
);
