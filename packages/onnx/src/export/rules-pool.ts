import type { Pool2dOptions } from '@subbyte/kernels';
import { type Attributes, int, ints } from './attributes.ts';
import type { Rules } from './writer.ts';

function window({ kernel, strides, padding, ceil }: Pool2dOptions): Attributes {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints(padding),
    ceil_mode: int(ceil),
  };
}

/** Pooling over windows. */
export type Pooling = 'maxPool2d' | 'maxPool2dIndices' | 'averagePool2d';

/** Rules of `Pooling`. */
export const poolRules: Rules<Pooling> = {
  maxPool2d: (node, writer) =>
    writer.emit(node, 'MaxPool', {
      ...window(node.attributes),
      dilations: ints(node.attributes.dilations),
    }),
  maxPool2dIndices: (node, writer) => {
    const [indices = ''] = node.outputs;
    writer.node(
      'MaxPool',
      node.inputs,
      [writer.name(`${indices}/values`), indices],
      {
        ...window(node.attributes),
        dilations: ints(node.attributes.dilations),
        storage_order: int(node.attributes.columnMajor),
      },
      node.name,
    );
  },
  averagePool2d: (node, writer) => {
    const { dilations, countPadding } = node.attributes;
    const dilated = dilations.some((step) => step !== 1);
    if (dilated) writer.require(node, 'AveragePool with dilations', 19);
    writer.emit(node, 'AveragePool', {
      ...window(node.attributes),
      dilations: dilated ? ints(dilations) : undefined,
      count_include_pad: int(countPadding),
    });
  },
};
