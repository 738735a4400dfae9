// onnxruntime's product with packed weights (com.microsoft.MatMulNBits): codes unpacked when the model is read, one byte each.

import { unpackStream } from '@subbyte/bitpack';
import { type Tensor, tensor } from '@subbyte/tensor';
import type { Importers, OnnxNode } from '../node.ts';

/** Sizes of the weights `[outputs, inputs]`, which lie in blocks of `block` inputs. */
interface Layout {
  readonly inputs: number;
  readonly outputs: number;
  readonly bits: number;
  readonly block: number;
  readonly blocks: number;
}

function layoutOf({ attributes, error }: OnnxNode): Layout {
  const [inputs, outputs] = [attributes.int('K', 0), attributes.int('N', 0)];
  const [bits, block] = [attributes.int('bits', 4), attributes.int('block_size', 0)];
  if (!(inputs > 0 && outputs > 0)) throw error(`weights of ${outputs} x ${inputs}`);
  if (![2, 4, 8].includes(bits)) throw error(`bits ${bits}, expected 2, 4 or 8`);
  if (block < 16 || !Number.isInteger(Math.log2(block))) {
    throw error(`block_size ${block}, expected a power of two from 16`);
  }
  return { inputs, outputs, bits, block, blocks: Math.ceil(inputs / block) };
}

/** A constant operand of `size` elements. */
function constantOf(node: OnnxNode, index: number, what: string, size: number): Tensor {
  const value = node.constant(node.input(index));
  if (!value) throw node.error(`${what} are computed, expected a constant`);
  if (value.size !== size) throw node.error(`${value.size} ${what}, expected ${size}`);
  return value;
}

/** Rows of codes, each padded to whole bytes, without what pads them. */
function unpackRows(packed: Tensor, bits: number, rows: number, count: number): Uint8Array {
  const bytes = packed.data as Uint8Array;
  const [stride, used] = [bytes.length / rows, Math.ceil((count * bits) / 8)];
  const codes = new Uint8Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const own = bytes.subarray(row * stride, row * stride + used);
    codes.set(unpackStream(own, bits, count), row * count);
  }
  return codes;
}

function MatMulNBits(node: OnnxNode): void {
  const { inputs, outputs, bits, block, blocks } = layoutOf(node);
  if (node.has(4)) throw node.error('a permutation of the inputs (g_idx) is not supported');
  const weights = constantOf(node, 1, 'bytes of weights', (outputs * blocks * block * bits) / 8);
  const scales = constantOf(node, 2, 'scales', outputs * blocks);
  if (weights.dtype !== 'uint8') throw node.error(`weights of ${weights.dtype}, expected uint8`);
  let zeros = new Uint8Array(outputs * blocks).fill(2 ** (bits - 1));
  if (node.has(3)) {
    const size = outputs * Math.ceil((blocks * bits) / 8);
    const packed = constantOf(node, 3, 'bytes of zero points', size);
    if (packed.dtype !== 'uint8') throw node.error(`zero points of ${packed.dtype}`);
    zeros = unpackRows(packed, bits, outputs, blocks) as Uint8Array<ArrayBuffer>;
  }
  const codes = unpackRows(weights, bits, outputs, inputs);
  const operands = [
    tensor(codes, [outputs, inputs]),
    tensor(scales.data as Float32Array, [outputs, blocks]),
    tensor(zeros, [outputs, blocks]),
  ].map((value) => node.define(value));
  const weight = node.emit('dequantizeLinear', operands, { axis: 1, groupSize: block });
  const bias = node.has(5) ? [node.input(5)] : [];
  const options = { transposeA: false, transposeB: true };
  node.emit('matmul', [node.input(0), weight, ...bias], options, node.outputs);
}

/** Products with packed weights. */
export const packedProducts: Importers = { MatMulNBits };
