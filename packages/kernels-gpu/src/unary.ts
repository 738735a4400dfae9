import type { KernelName, OptionsOf } from '@subbyte/kernels';
import { activate } from './activation.ts';
import { defineFloat, type KernelFactories, type KernelFactory } from './kernel.ts';
import { clamp, kernelSource, literal, roundHalfEven } from './source.ts';

/** A kernel of one operand whose `statements` change `v`. */
function unary<K extends KernelName>(
  kernel: K,
  statements: (options: OptionsOf<K>) => string,
): KernelFactory<K> {
  return defineFloat(kernel, ({ launch }, operands, options) =>
    launch(
      kernelSource(['x'], `let v = x[i];\n${statements(options)}return v;`),
      operands as never,
    ),
  );
}

/** Statements with the hyperbolic tangent of `from` in the new variable `to`; the function of shaders may overflow. */
const tanhOf = (from: string, to: string): string =>
  `let ${to}e = Math.exp(-2 * Math.abs(${from}));
let ${to} = (1 - ${to}e) / (1 + ${to}e);
if (${from} < 0) { ${to} = -${to}; }\n`;

const scaledExponential = (alpha: number): string =>
  `if (v <= 0) { v = ${literal(alpha)} * (Math.exp(v) - 1); }\n`;

/** Kernels of one operand that have code here. */
type UnaryName =
  | ('abs' | 'neg' | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'floor' | 'ceil' | 'round' | 'tanh')
  | ('sigmoid' | 'relu' | 'softplus' | 'softsign' | 'hardSwish' | 'hardSigmoid' | 'leakyRelu')
  | ('elu' | 'gelu' | 'erf' | 'clip');

/** Kernels of one operand. */
export const unaryKernels: KernelFactories<UnaryName> = {
  abs: unary('abs', () => 'v = Math.abs(v);\n'),
  neg: unary('neg', () => 'v = -v;\n'),
  exp: unary('exp', () => 'v = Math.exp(v);\n'),
  log: unary('log', () => 'v = Math.log(v);\n'),
  sqrt: unary('sqrt', () => 'v = Math.sqrt(v);\n'),
  reciprocal: unary('reciprocal', () => 'v = 1 / v;\n'),
  floor: unary('floor', () => 'v = Math.floor(v);\n'),
  ceil: unary('ceil', () => 'v = -Math.floor(-v);\n'),
  round: unary('round', () => roundHalfEven('v')),
  tanh: unary('tanh', () => `${tanhOf('v', 't')}v = t;\n`),
  sigmoid: unary('sigmoid', () => activate({ kind: 'sigmoid' })),
  relu: unary('relu', () => activate({ kind: 'relu' })),
  softplus: unary('softplus', () => 'v = Math.max(v, 0) + Math.log(1 + Math.exp(-Math.abs(v)));\n'),
  softsign: unary('softsign', () => 'v = v / (1 + Math.abs(v));\n'),
  hardSwish: unary('hardSwish', () => activate({ kind: 'hardSwish' })),
  hardSigmoid: unary('hardSigmoid', ({ alpha, beta }) =>
    activate({ kind: 'hardSigmoid', alpha, beta }),
  ),
  leakyRelu: unary('leakyRelu', ({ alpha }) => activate({ kind: 'leakyRelu', alpha })),
  elu: unary('elu', ({ alpha }) => scaledExponential(alpha)),
  gelu: unary('gelu', ({ approximate }) =>
    approximate
      ? `let u = ${literal(Math.sqrt(2 / Math.PI))} * (v + 0.044715 * v * v * v);\n${tanhOf('u', 't')}v = 0.5 * v * (1 + t);\n`
      : `let u = v * ${literal(Math.SQRT1_2)};\n${errorFunctionOf('u', 't')}v = 0.5 * v * (1 + t);\n`,
  ),
  erf: unary('erf', () => `${errorFunctionOf('v', 't')}v = t;\n`),
  clip: unary('clip', ({ min, max }) => clamp('v', min, max)),
};

/** The error function by Abramowitz and Stegun, 7.1.26: at most 1.5e-7 away. */
function errorFunctionOf(from: string, to: string): string {
  return `let ${to}m = Math.abs(${from});
let ${to}k = 1 / (1 + 0.3275911 * ${to}m);
let ${to} = 1 - ((((1.061405429 * ${to}k - 1.453152027) * ${to}k + 1.421413741) * ${to}k - 0.284496736) * ${to}k + 0.254829592) * ${to}k * Math.exp(-${to}m * ${to}m);
if (${from} < 0) { ${to} = -${to}; }\n`;
}
