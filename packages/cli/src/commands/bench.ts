import { type Bench, benchModels } from '../bench/bench-models.ts';
import { benchText } from '../format/bench-text.ts';
import { benchArguments, benchOptionsOf } from '../options/bench-arguments.ts';
import { type Command, defineCommand } from './command.ts';

const dataOf = ({ inputs, threads, rounds, interrupted, results }: Bench) => ({
  node: process.version,
  inputs,
  threads,
  rounds,
  interrupted,
  results,
});

/** `subbyte bench`: the time of models in engines, interleaved in one process. */
export const benchCommand: Command = defineCommand({
  description: 'Measure the time of models in our engines and in others, in turn in one process',
  args: {
    model: {
      type: 'positional',
      required: true,
      description: 'ONNX file, or several: float, QDQ or packed',
    },
    ...benchArguments,
  },
  operands: 'many',
  examples: [
    'model.onnx --against ort-web',
    'model.onnx w8a8.onnx w4a8.onnx --against ort-web,ort-node --seconds 30',
    'recogniser.onnx --engine runtime,subbyte --shape 1x3x48x320 --threads 2 --json',
  ],
  run: async (args, { terminal, signal }) => {
    const bench = await benchModels(args._, benchOptionsOf(args), {
      signal,
      onLoad: (done, total) => terminal.progress('loading', done, total),
      onRound: (done, expected) => terminal.progress('measuring, round', done, expected),
    });
    return {
      text: benchText(bench, Number(args.layers)),
      data: dataOf(bench),
      interrupted: bench.interrupted,
    };
  },
});
