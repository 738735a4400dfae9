import { simplify } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { compareGraphs, type ValueDifference } from '@subbyte/quantize';
import { CliError } from '../errors.ts';
import { table } from '../format/table.ts';
import { decibelText } from '../format/units.ts';
import { useWasm } from '../io/backend.ts';
import { type ModelFile, openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { nameQuantizedValues } from '../measure/name-quantized-values.ts';
import { sourceArguments, sourceOptionsOf } from '../options/source-arguments.ts';
import { openSource, sourceSyntax } from '../sources/index.ts';
import { inputsOf } from '../sources/source.ts';
import { type Command, defineCommand } from './command.ts';

const graphOf = (model: ModelFile) =>
  simplify(fromOnnx(model.bytes, { externalData: model.externalData }));

const columns = [
  { title: 'value' },
  { title: 'operation' },
  { title: 'SQNR', align: 'right' },
  { title: 'largest error', align: 'right' },
] as const;

/** `subbyte compare`: noise per layer and at the output. */
export const compareCommand: Command = defineCommand({
  description: 'Compare two models layer by layer: signal to noise, largest difference',
  args: {
    model: { type: 'positional', required: true, description: 'ONNX file, the reference' },
    other: { type: 'positional', required: true, description: 'ONNX file to compare with it' },
    data: {
      type: 'string',
      required: true,
      valueHint: 'SOURCE',
      description: `Samples to run: ${sourceSyntax}`,
    },
    ...sourceArguments,
  },
  examples: [
    'model.onnx small.onnx --data cifar10:data/cifar10 --samples 64',
    'model.onnx small.onnx --data random --json',
  ],
  run: async (args, { terminal, signal }) => {
    await useWasm();
    const model = await openModel(args.model);
    const other = await openModel(args.other);
    const input = modelInput(model);
    const options = sourceOptionsOf(args, input.shape, { samples: 32, split: 'test', batch: 8 });
    const source = await openSource(args.data, options);
    const { values, outputs, samples } = await compareGraphs(
      graphOf(model),
      nameQuantizedValues(graphOf(other)),
      inputsOf(source),
      {
        samples: source.count,
        signal,
        onProgress: (done) => terminal.progress('comparing', done, source.count),
      },
    );
    const [output] = outputs;
    if (!output) throw new CliError(`${args.model} and ${args.other} have no output to compare`);
    const row = ({ value, op, sqnr, largestError }: ValueDifference): string[] => [
      value,
      op,
      decibelText(sqnr),
      largestError.toPrecision(3),
    ];
    return {
      text: `${table(columns, values.map(row))}\n\n${table(columns, outputs.map(row))}`,
      data: {
        model: args.model,
        other: args.other,
        samples,
        sqnr: output.sqnr,
        largestError: output.largestError,
        outputs,
        layers: values,
      },
    };
  },
});
