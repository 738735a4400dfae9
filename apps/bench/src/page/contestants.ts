/** A form of the model: how many bits, and how it is written for onnxruntime-web. */
export interface Variant {
  readonly weights: 2 | 4 | 8;
  readonly activations: 4 | 8;
  readonly form: 'qdq' | 'packed';
}

/** Name of a form of the model. */
export type VariantName = 'float' | 'w8a8' | 'w4a8' | 'w4a4' | 'w2a8';

/** Every quantized form. */
export const variants: { readonly [Name in Exclude<VariantName, 'float'>]: Variant } = {
  w8a8: { weights: 8, activations: 8, form: 'qdq' },
  w4a8: { weights: 4, activations: 8, form: 'packed' },
  w4a4: { weights: 4, activations: 4, form: 'packed' },
  w2a8: { weights: 2, activations: 8, form: 'packed' },
};

/** An engine with a form of the model. */
export interface Contestant {
  readonly engine: 'subbyte' | 'onnxruntime-web';
  readonly variant: VariantName;
  readonly label: string;
  /** Whether it takes part unless the visitor says otherwise. */
  readonly usual: boolean;
}

/** Name of a contestant. */
export type ContestantName = 'ortFloat' | 'ortInt8' | 'float' | 'w8a8' | 'w4a8' | 'w4a4' | 'w2a8';

const ours = (variant: VariantName, label: string, usual = true): Contestant => ({
  ...{ engine: 'subbyte', variant, label, usual },
});
const theirs = (variant: VariantName, label: string): Contestant => ({
  ...{ engine: 'onnxruntime-web', variant, label, usual: true },
});

/** Every contestant, in the order they are shown. */
export const contestants: { readonly [Name in ContestantName]: Contestant } = {
  ortFloat: theirs('float', 'float32'),
  ortInt8: theirs('w8a8', 'int8'),
  float: ours('float', 'float32'),
  w8a8: ours('w8a8', 'W8A8'),
  w4a8: ours('w4a8', 'W4A8'),
  w4a4: ours('w4a4', 'W4A4', false),
  w2a8: ours('w2a8', 'W2A8', false),
};

/** Their names. */
export const contestantNames: readonly ContestantName[] = Object.keys(
  contestants,
) as ContestantName[];
