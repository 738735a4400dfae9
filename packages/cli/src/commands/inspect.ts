import {
  type Dimension,
  describe,
  findBlocks,
  isLayer,
  type LayerDescription,
  simplify,
} from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { parseRecipe, recipeText } from '../format/recipe-text.ts';
import { table } from '../format/table.ts';
import { bytesText, countText } from '../format/units.ts';
import { openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { sizeOption, sizesOf } from '../options/source-arguments.ts';
import { pictureShape } from '../sources/picture-shape.ts';
import { type Command, defineCommand } from './command.ts';

const shapeText = (shape: readonly Dimension[] | undefined): string => shape?.join('x') ?? '?';

const row = (layer: LayerDescription): string[] => [
  layer.name,
  layer.op,
  layer.inputs.map(shapeText).join(', '),
  layer.outputs.map(shapeText).join(', '),
  layer.parameters === 0 ? '' : countText(layer.parameters),
  layer.macs === undefined ? '?' : layer.macs === 0 ? '' : countText(layer.macs),
  layer.block ?? '',
  layer.quantizable === true ? 'yes' : layer.quantizable,
];

const isWeighted = ({ op }: LayerDescription): boolean =>
  op === 'conv2d' || op === 'convTranspose2d' || op === 'matmul';

/** `subbyte inspect`: what is in a model and what can be quantized. */
export const inspectCommand: Command = defineCommand({
  description: 'Show layers, shapes, parameters, MACs, blocks, and what can be quantized',
  args: {
    model: { type: 'positional', required: true, description: 'ONNX file' },
    all: { type: 'boolean', description: 'Also list the operations without weights' },
    size: sizeOption,
  },
  examples: ['model.onnx', 'recogniser.onnx --size 48x320', 'model.onnx --json'],
  run: async (args) => {
    const model = await openModel(args.model);
    const graph = simplify(fromOnnx(model.bytes, { externalData: model.externalData }));
    let shapes: Record<string, number[]> | undefined;
    if (args.size !== undefined) {
      const { name, shape } = modelInput(model);
      shapes = { [name]: [1, ...pictureShape(shape, sizesOf(args.size))] };
    }
    const { layers, totals } = describe(graph, shapes);
    const blocks = findBlocks(graph).map((block) => {
      const own = layers.filter((layer) => layer.block === block.name);
      return {
        ...block,
        layers: own.filter(isWeighted).map(({ name }) => name),
        parameters: own.reduce((sum, { parameters }) => sum + parameters, 0),
      };
    });
    // As quantize simplifies: the units it would learn, by their layers.
    const learned = simplify(graph, { activations: ['relu', 'clip'] });
    const weighted = new Set(learned.nodes.filter(isLayer).map(({ name }) => name));
    const units = findBlocks(learned).map(({ nodes }) =>
      nodes.filter((name) => weighted.has(name)),
    );
    const shown = layers.filter(
      ({ quantizable, parameters }) => args.all || quantizable === true || parameters > 0,
    );
    const recipe = parseRecipe(graph.metadata['subbyte.recipe']);
    const values = (infos: typeof graph.inputs): string =>
      infos.map(({ name, dtype, shape }) => `${name} ${dtype} [${shapeText(shape)}]`).join(', ');
    const macs = `${countText(totals.macs)} MACs for one sample${totals.macsComplete ? '' : ' where sizes are known (--size gives the open ones)'}`;
    return {
      text: [
        `${args.model}: ${bytesText(model.bytes.length)}`,
        `inputs   ${values(graph.inputs)}`,
        `outputs  ${values(graph.outputs)}`,
        ...(recipe ? [`quantized by subbyte: ${recipeText(recipe)}`] : []),
        '',
        table(
          [
            { title: 'layer' },
            { title: 'operation' },
            { title: 'in' },
            { title: 'out' },
            { title: 'parameters', align: 'right' },
            { title: 'MACs', align: 'right' },
            { title: 'block' },
            { title: 'quantizable' },
          ],
          shown.map(row),
        ),
        '',
        'blocks: what --method brecq and qdrop learn as a whole',
        table(
          [{ title: 'block' }, { title: 'layers' }, { title: 'parameters', align: 'right' }],
          blocks.map(({ name, layers: own, parameters }) => [
            name,
            own.join(', '),
            countText(parameters),
          ]),
        ),
        '',
        `${totals.nodes} operations after simplification (${layers.length - shown.length} without weights not listed), ${blocks.length} blocks`,
        `${countText(totals.parameters)} parameters, ${countText(totals.quantizable)} of them quantizable; ${macs}`,
      ].join('\n'),
      data: {
        model: args.model,
        bytes: model.bytes.length,
        inputs: graph.inputs,
        outputs: graph.outputs,
        recipe: recipe ?? null,
        layers,
        blocks,
        units,
        totals,
      },
    };
  },
});
