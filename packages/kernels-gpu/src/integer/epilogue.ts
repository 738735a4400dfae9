import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import { clamp, literal, roundHalfEven } from '../source.ts';

/**
 * Statements that turn the exact sum of output `o` in `v` into the result: see `IntegerEpilogueOptions`. Operands: `m`, and `r`
 * where there is a residual. `Math.fround` matters where gpu.js computes in double precision.
 */
export function epilogue({ output, residual }: IntegerEpilogueOptions): string {
  let text = 'v = Math.fround(v * m[o]);\n';
  if (residual) {
    const { grid, own, step } = residual;
    if (own) {
      text += `${roundHalfEven('v', 'own')}v = v + ${literal(own.zeroPoint)};
${clamp('v', own.min, own.max)}v = Math.fround((v - ${literal(own.zeroPoint)}) * ${literal(own.scale)});\n`;
    }
    text += `let added = Math.fround((r[i] - ${literal(grid.zeroPoint)}) * ${literal(grid.scale)});
v = Math.fround(v + added);\n`;
    if (output.dtype !== 'float32') text += `v = Math.fround(v / ${literal(step)});\n`;
  }
  if (output.dtype === 'float32') return `${text}${clamp('v', output.min, output.max)}return v;`;
  const { zeroPoint, min, max } = output;
  return `${text}${roundHalfEven('v', 'end')}v = v + ${literal(zeroPoint)};\n${clamp('v', min, max)}return v;`;
}
