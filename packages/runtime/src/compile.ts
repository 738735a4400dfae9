import { checkGraph, foldConstants, type Graph, simplify } from '@subbyte/graph';
import type { Device, DeviceSource } from '@subbyte/kernels';
import type { KernelOption } from './choose-kernels.ts';
import { createDeviceSession } from './device-session.ts';
import { RuntimeError, runtimeError } from './errors.ts';
import { foldQuantizers } from './fold-quantizers.ts';
import { lower } from './lower.ts';
import type { Clock } from './run-program.ts';
import { createSession, type Session } from './session.ts';

/** Options of `compile`. */
export interface CompileOptions {
  /** Milliseconds from anywhere (`() => performance.now()`), for `Session.profile` and `kernels`. Default: none. */
  readonly clock?: Clock | undefined;
  /**
   * How matrix products run whose weights alone are quantized. `'float32'` (the default): as in the executor, with
   * weights in float32. `'int8'`: weights stay packed, and each row of activations is put on an int8 grid of its own first
   * (`matmulNBits` of `@subbyte/kernels`), which moves a value by at most 0.4 % of the row's largest.
   */
  readonly weightOnly?: 'float32' | 'int8' | undefined;
  /**
   * How the algorithms of integer layers are chosen; results do not depend on it. Default: `measured` with a clock,
   * else `static`, which always chooses the same.
   */
  readonly kernels?: KernelOption | undefined;
  /** Milliseconds that measuring kernels may take in all, 0 or more. Default 300. */
  readonly kernelBudget?: number | undefined;
  /**
   * Where it runs. Default: on the backend in use. A device (`gpu()` of `@subbyte/kernels-gpu`) that cannot be opened is no error:
   * the backend in use computes, and `Session.fallbackReason` says why. What a device has no code for runs on the backend in use
   * too, layer by layer (`Session.profile`).
   */
  readonly backend?: DeviceSource | undefined;
}

/** A device, or why there is none. */
async function openDevice(source: DeviceSource | undefined): Promise<Device | string | undefined> {
  try {
    return await source?.open();
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/**
 * Prepares a graph for the backend in use: convolutions and matrix products between quantizers run on codes, with
 * bias, bounds (ReLU, Clip), residual addition and the next quantizer fused into them; everything else runs in float32.
 * Takes graphs with `fakeQuantize` nodes (`quantize`), QDQ and packed models (`fromOnnx`) and float graphs.
 * @throws RuntimeError when the graph is malformed, and for `kernels` that it does not have.
 */
export async function compile(graph: Graph, options: CompileOptions = {}): Promise<Session> {
  const { clock, kernels = 'measured', kernelBudget: budget = 300 } = options;
  if (!(budget >= 0)) {
    throw new RuntimeError(`kernelBudget ${budget}: expected milliseconds, 0 or more`);
  }
  if (typeof kernels === 'string' && kernels !== 'measured' && kernels !== 'static') {
    throw new RuntimeError(`kernels "${kernels}": expected measured, static or names of layers`);
  }
  if (options.backend !== undefined && typeof options.backend.open !== 'function') {
    throw new RuntimeError(`backend: expected a device, as gpu() of @subbyte/kernels-gpu gives`);
  }
  let device: Device | string | undefined;
  try {
    checkGraph(graph);
    // Bounds and sizes that a file has as operands become options; codes of weights stay.
    const quantized = foldQuantizers(foldConstants(graph));
    const ready = quantized.nodes.some(({ op }) => op === 'fakeQuantize')
      ? quantized
      : simplify(graph);
    const packs = options.weightOnly === 'int8';
    device = await openDevice(options.backend);
    if (device === undefined || typeof device === 'string') {
      const program = lower(ready, { kernels, budget, clock }, packs);
      return createSession(graph, program, clock, device);
    }
    // Algorithms are those of the backend in use, which computes no more than what the device refuses.
    const choose = { kernels: kernels === 'measured' ? 'static' : kernels, budget, clock } as const;
    return createDeviceSession(graph, lower(ready, choose, packs, true), device, clock);
  } catch (cause) {
    if (typeof device === 'object') await device.dispose();
    if (cause instanceof RuntimeError) throw cause;
    throw runtimeError(`graph "${graph.name}"`, cause);
  }
}
