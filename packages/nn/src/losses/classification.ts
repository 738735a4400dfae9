import {
  div,
  gatherElements,
  logSoftmax,
  mean,
  mul,
  neg,
  reshape,
  softmax,
  stopGradient,
  sub,
  sum,
} from '@subbyte/autograd';
import { isFloatTensor, sameShape, type Tensor } from '@subbyte/tensor';
import { NnError } from '../errors.ts';

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes (Szegedy et al. 2016). Default: 0. */
  readonly smoothing?: number | undefined;
}

function checkLogits(role: string, logits: Tensor): readonly [number, number] {
  if (logits.shape.length === 2) return logits.shape as readonly [number, number];
  throw new NnError(`${role}: logits have shape [${logits.shape}], expected [batch, classes]`);
}

/**
 * Mean cross-entropy of logits `[N, classes]` against labels: int32 or int64 `[N]`, or floats
 * `[N, classes]` that are the probabilities.
 * @throws NnError when shapes do not fit.
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  { smoothing = 0 }: CrossEntropyOptions = {},
): Tensor {
  const [batch, classes] = checkLogits('crossEntropy', logits);
  const soft = isFloatTensor(labels);
  if (!sameShape(labels.shape, soft ? [batch, classes] : [batch])) {
    throw new NnError(
      `crossEntropy: labels are ${labels.dtype} [${labels.shape}], expected indices [${batch}] or probabilities [${batch}, ${classes}]`,
    );
  }
  const logProbabilities = logSoftmax(logits);
  const hit = soft
    ? sum(mul(logProbabilities, labels), { axes: 1 })
    : gatherElements(logProbabilities, reshape(labels, [batch, 1]), 1);
  const loss = neg(mean(hit));
  if (smoothing === 0) return loss;
  return sub(mul(loss, 1 - smoothing), mul(mean(logProbabilities), smoothing));
}

/** Options of `klDivergence`. */
export interface KlDivergenceOptions {
  /** Both distributions are softened by it. Default: 1. */
  readonly temperature?: number | undefined;
}

/**
 * Mean divergence of the student's distribution from the teacher's, both from logits
 * `[N, classes]`, times the square of the temperature so that gradients keep their size (Hinton
 * et al. 2015). The teacher gets no gradient.
 * @throws NnError when shapes do not fit.
 */
export function klDivergence(
  student: Tensor,
  teacher: Tensor,
  { temperature = 1 }: KlDivergenceOptions = {},
): Tensor {
  const [batch] = checkLogits('klDivergence', student);
  if (!sameShape(student.shape, teacher.shape)) {
    throw new NnError(
      `klDivergence: teacher has shape [${teacher.shape}], student [${student.shape}]`,
    );
  }
  const target = div(stopGradient(teacher), temperature);
  const difference = sub(logSoftmax(target), logSoftmax(div(student, temperature)));
  return mul(sum(mul(softmax(target), difference)), temperature ** 2 / batch);
}
