import { checkGraph, type Graph, simplify } from '@subbyte/graph';
import { RuntimeError, runtimeError } from './errors.ts';
import { foldQuantizers } from './fold-quantizers.ts';
import { lower } from './lower.ts';
import type { Clock } from './run-program.ts';
import { createSession, type Session } from './session.ts';

/** Options of `compile`. */
export interface CompileOptions {
  /** Milliseconds from anywhere (`() => performance.now()`), for `Session.profile`. Default: none. */
  readonly clock?: Clock | undefined;
  /**
   * How matrix products run whose weights alone are quantized. `'float32'` (the default): as in the executor, with
   * weights in float32. `'int8'`: weights stay packed, and each row of activations is put on an int8 grid of its own first
   * (`matmulNBits` of `@subbyte/kernels`), which moves a value by at most 0.4 % of the row's largest.
   */
  readonly weightOnly?: 'float32' | 'int8' | undefined;
}

/**
 * Prepares a graph for the backend in use: convolutions and matrix products between quantizers run on codes, with
 * bias, bounds (ReLU, Clip), residual addition and the next quantizer fused into them; everything else runs in float32.
 * Takes graphs with `fakeQuantize` nodes (`quantize`), QDQ and packed models (`fromOnnx`) and float graphs.
 * @throws RuntimeError when the graph is malformed.
 */
export async function compile(graph: Graph, options: CompileOptions = {}): Promise<Session> {
  try {
    checkGraph(graph);
    const quantized = foldQuantizers(graph);
    const ready = quantized.nodes.some(({ op }) => op === 'fakeQuantize')
      ? quantized
      : simplify(graph);
    return createSession(graph, lower(ready, options.weightOnly === 'int8'), options.clock);
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause;
    throw runtimeError(`graph "${graph.name}"`, cause);
  }
}
