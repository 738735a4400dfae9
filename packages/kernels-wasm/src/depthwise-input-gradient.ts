import type { Engine } from './engine.ts';
import type { TransposedConvolution } from './transposed-convolution.ts';
import { planesTogether, preparePlanes, type Window } from './window.ts';

const isPair = (pair: readonly [number, number], value: number): boolean =>
  pair[0] === value && pair[1] === value;

/** Whether `spreadDepthwise` can do it: 3 x 3, stride 2, padded by at most what the window reaches. */
export const isHalving3x3 = ({ kernel, strides, dilations, top, left }: Window): boolean =>
  isPair(kernel, 3) && isPair(strides, 2) && isPair(dilations, 1) && top <= 2 && left <= 2;

/**
 * The transpose of a depthwise 3 x 3 convolution with stride 2. Four kinds of pixels see one, two
 * or four of the nine taps, so nothing is spread out with zeros first.
 */
export function spreadDepthwise(
  engine: Engine,
  weights: number,
  channels: number,
  { batch, window, source, to }: TransposedConvolution,
): void {
  const { height, width, rows, columns, top, left } = window;
  // A row and a column of zeros before the gradient, and as many behind as the image reaches.
  const padded: Window = {
    ...{ kernel: [2, 2], strides: [1, 1], dilations: [1, 1], top: 1, left: 1 },
    ...{ height: rows, width: columns },
    rows: Math.floor((top + height - 1) / 2) + 1,
    columns: Math.floor((left + width - 1) / 2) + 1,
  };
  const share = batch < engine.threads ? Math.ceil(channels / engine.threads) : channels;
  const together = planesTogether(padded, share);
  const runs = Math.ceil(channels / together);
  const plane = rows * columns * 4;
  engine.split(batch * runs, batch * channels * rows * columns * 9, (part, start, end) => {
    const planes = preparePlanes(part, padded, together, 0);
    for (let run = start; run < end; run++) {
      const [n, c] = [Math.floor(run / runs), (run % runs) * together];
      const count = Math.min(together, channels - c);
      part.wasm.depthwiseInputGradient(
        planes.prepare(source + (n * channels + c) * plane, count),
        planes.plane * 4,
        planes.width * 4,
        count,
        weights + c * 36,
        to + (n * channels + c) * height * width * 4,
        height,
        width,
        top,
        left,
      );
    }
  });
}
