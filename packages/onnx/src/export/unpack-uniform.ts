import type { UniformQuantizer } from '@subbyte/quantizers';
import { scalar, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { lowestCode } from './integer-codes.ts';
import type { Layout } from './packed-layout.ts';
import type { Named, Writer } from './writer.ts';

/** The packed code that stands for 0: one for all, or one per scale. */
export function packedZero(quantizer: UniformQuantizer): number | number[] {
  const min = lowestCode(quantizer);
  const zeros = quantizer.zeroPoint.map((code) => code - min);
  const [first = 0] = zeros;
  return zeros.every((zero) => zero === first) ? first : zeros;
}

/** Writes the codes themselves, int8 or uint8, from codes that count from 0; returns their name. */
export function emitCodes(
  writer: Writer,
  node: Named,
  packed: string,
  y: string,
  quantizer: UniformQuantizer,
): string {
  if (!quantizer.signed) return packed;
  const cast = (x: string, dtype: 'int32' | 'int8'): string => {
    const result = writer.temporary();
    writer.node('Cast', [x], [result], { to: int(writer.typeCode(dtype)) });
    return result;
  };
  const offset = writer.shared(`${y}_offset`, scalar(lowestCode(quantizer), 'int32'));
  return cast(writer.chain(node, cast(packed, 'int32'), [['Add', offset]]), 'int8');
}

/** Writes `code - zero` in float32, from codes that count from 0; returns its name and that of zero. */
export function emitSteps(
  writer: Writer,
  node: Named,
  packed: string,
  y: string,
  quantizer: UniformQuantizer,
  layout: Layout,
): { steps: string; zero: string } {
  const zeros = packedZero(quantizer);
  const zero = writer.tensor(
    `${y}_zero`,
    typeof zeros === 'number' ? scalar(zeros) : tensor(zeros, layout.scale, 'float32'),
  );
  const floats = writer.temporary();
  writer.node('Cast', [packed], [floats], { to: int(writer.typeCode('float32')) });
  return { steps: writer.chain(node, floats, [['Sub', zero]]), zero };
}
