import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opCounts } from '@subbyte/onnx';
import { saveOptimized } from '../engines/ort-node.ts';
import { readBytes } from '../io/files.ts';

/** Nodes of a model after onnxruntime has optimized it for this machine. */
export interface OperationCounts {
  /** Nodes by operator, most frequent first. */
  readonly operations: Readonly<Record<string, number>>;
  /** Nodes that compute on integers (`QLinearConv`, `MatMulIntegerToFloat`, …). */
  readonly integer: number;
  /** Convolutions and matrix products that are left in float. */
  readonly float: number;
}

const isInteger = (operator: string): boolean =>
  /(^|\.)(QLinear|QGemm|ConvInteger|MatMulInteger|DynamicQuantizeMatMul)/.test(operator);
const isFloatProduct = (operator: string): boolean =>
  /(^|\.)(Fused)?(Conv|ConvTranspose|MatMul|Gemm)$/.test(operator);

/** Counts what onnxruntime-node makes of the model at `path`. */
export async function countOperations(path: string): Promise<OperationCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'subbyte-'));
  try {
    const optimized = join(folder, 'optimized.onnx');
    await saveOptimized(path, optimized);
    const sorted = [...opCounts(await readBytes(optimized))].sort((a, b) => b[1] - a[1]);
    const total = (matches: (operator: string) => boolean): number =>
      sorted.reduce((sum, [operator, count]) => sum + (matches(operator) ? count : 0), 0);
    return {
      operations: Object.fromEntries(sorted),
      integer: total(isInteger),
      float: total(isFloatProduct),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
