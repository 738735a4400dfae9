import { describe, simplify } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import type { ModelFile, QuantizeFileOptions } from 'subbyte';

/** A quantized model that the demonstration makes. */
export interface Variant {
  readonly name: string;
  /** What is special about it. */
  readonly what: string;
  /** Name of its files, without ending. */
  readonly file: string;
  readonly form: QuantizeFileOptions['form'];
  readonly config: QuantizeFileOptions['config'];
}

/** Layers with fewer weights hold a third of them all, and most of what 4 bits would spoil. */
const fewWeights = 60_000;

/** Layers too small to be worth 4 bits. */
function smallLayers({ bytes }: ModelFile): string[] {
  const { layers } = describe(simplify(fromOnnx(bytes), { activations: ['relu', 'clip'] }));
  return layers
    .filter(({ quantizable, parameters }) => quantizable === true && parameters < fewWeights)
    .map(({ name }) => name);
}

/** The models that are made of `model`. */
export function variantsOf(model: ModelFile): readonly Variant[] {
  const activations = { bits: 8, observer: 'minMax' } as const;
  const eightBits = { weights: { bits: 8 } } as const;
  return [
    {
      name: 'W8A8 int8',
      what: 'integers that onnxruntime computes with',
      file: 'recognizer.w8a8',
      form: 'qdq',
      config: { weights: { bits: 8 }, activations },
    },
    {
      name: 'W4A8 packed',
      what: `4 bits packed in bytes; 8 bits where a layer has fewer than ${fewWeights} weights`,
      file: 'recognizer.w4a8',
      form: 'packed',
      config: {
        weights: { bits: 4 },
        activations,
        overrides: Object.fromEntries(smallLayers(model).map((name) => [name, eightBits])),
      },
    },
  ];
}
