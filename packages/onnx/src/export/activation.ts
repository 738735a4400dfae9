import type { Activation } from '@subbyte/kernels';
import { float } from './attributes.ts';
import type { Named, Writer } from './writer.ts';

/** Writes `y = activation(x)`. */
function emitActivation(
  writer: Writer,
  node: Named,
  activation: Activation,
  x: string,
  y: string,
): void {
  const name = `${node.name}/${activation.kind}`;
  switch (activation.kind) {
    case 'relu':
      writer.node('Relu', [x], [y], {}, name);
      return;
    case 'clip':
      writer.clip({ ...node, name }, x, y, activation.min, activation.max);
      return;
    case 'hardSwish':
      writer.node('HardSwish', [x], [y], {}, name);
      return;
    case 'hardSigmoid': {
      const { alpha, beta } = activation;
      writer.node('HardSigmoid', [x], [y], { alpha: float(alpha), beta: float(beta) }, name);
      return;
    }
    case 'sigmoid':
      writer.node('Sigmoid', [x], [y], {}, name);
      return;
    case 'silu': {
      const gate = writer.chain({ ...node, name }, x, [['Sigmoid']]);
      writer.node('Mul', [x, gate], [y], {}, name);
      return;
    }
    case 'leakyRelu':
      writer.node('LeakyRelu', [x], [y], { alpha: float(activation.alpha) }, name);
      return;
  }
}

/**
 * Writes a node whose kernel ends in an activation: `write` gets the name for the value before the
 * activation, which is `y` itself when there is none.
 */
export function withActivation(
  writer: Writer,
  node: Named,
  activation: Activation | undefined,
  y: string,
  write: (before: string) => void,
): void {
  if (activation === undefined) {
    write(y);
    return;
  }
  const before = writer.name(`${y}/before_${activation.kind}`);
  write(before);
  emitActivation(writer, node, activation, before, y);
}
