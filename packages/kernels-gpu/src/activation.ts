import type { Activation } from '@subbyte/kernels';
import { clamp, literal } from './source.ts';

/** Statements that put `1 / (1 + exp(-from))` into the new variable `to`, without overflow. */
const sigmoidOf = (from: string, to: string): string =>
  `let ${to}e = Math.exp(-Math.abs(${from}));
let ${to} = 1 / (1 + ${to}e);
if (${from} < 0) { ${to} = ${to}e * ${to}; }\n`;

/** One list of statements per kind of activation; each changes `v`. */
const rules: {
  readonly [K in Activation['kind']]: (activation: Extract<Activation, { kind: K }>) => string;
} = {
  relu: () => 'v = Math.max(v, 0);\n',
  clip: ({ min, max }) => clamp('v', min, max),
  hardSwish: () => `v = v * Math.min(Math.max(v * ${1 / 6} + 0.5, 0), 1);\n`,
  hardSigmoid: ({ alpha, beta }) =>
    `v = Math.min(Math.max(v * ${literal(alpha)} + ${literal(beta)}, 0), 1);\n`,
  sigmoid: () => `${sigmoidOf('v', 's')}v = s;\n`,
  silu: () => `${sigmoidOf('v', 's')}v = v * s;\n`,
  leakyRelu: ({ alpha }) => `if (v < 0) { v = v * ${literal(alpha)}; }\n`,
};

/** Statements that apply `activation` to the variable `v`. */
export function activate(activation: Activation | undefined): string {
  if (!activation) return '';
  return (rules[activation.kind] as (activation: Activation) => string)(activation);
}
