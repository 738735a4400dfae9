import type { OpName } from '@subbyte/graph';
import { elementwiseRules } from './rules-elementwise.ts';
import { linearRules } from './rules-linear.ts';
import { movementRules } from './rules-movement.ts';
import { poolRules } from './rules-pool.ts';
import { quantizeRules } from './rules-quantize.ts';
import { reduceRules } from './rules-reduce.ts';
import { structuralRules } from './rules-structural.ts';
import type { Rule } from './writer.ts';

/** How each graph operation is written as ONNX nodes: a missing one is a compile error. */
export const rules: { readonly [Op in OpName]: Rule<Op> } = {
  ...elementwiseRules,
  ...linearRules,
  ...movementRules,
  ...poolRules,
  ...quantizeRules,
  ...reduceRules,
  ...structuralRules,
};
