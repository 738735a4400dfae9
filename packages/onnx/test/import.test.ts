import { createExecutor } from '@subbyte/graph';
import { encodeModel, type ModelProto, type NodeProto, onnxDataTypes } from '@subbyte/onnx-proto';
import { tensor, toNumbers, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx, OnnxError } from '../src/index.ts';
import { attribute, fileOf, initializer, modelOf, type Small } from './import-build.ts';

const x = zeros([2, 3]);
const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  more: Partial<NodeProto> = {},
): NodeProto => ({ opType, name: `${opType}_node`, input, output, ...more });

const small = (nodes: readonly NodeProto[], more: Partial<Small> = {}): Small => ({
  nodes,
  inputs: { x },
  outputs: ['y'],
  ...more,
});

function failure(model: Small | ModelProto): OnnxError {
  const bytes = 'nodes' in model ? fileOf(model) : encodeModel(model);
  try {
    fromOnnx(bytes);
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
  throw new Error('was imported');
}

test('names, shapes and metadata of the file are kept', () => {
  const model = modelOf(small([node('Relu', ['x'], ['y'])], { open: true }));
  const graph = fromOnnx(encodeModel({ ...model, metadataProps: [{ key: 'bits', value: '4' }] }));
  expect(graph.name).toBe('test');
  expect(graph.metadata).toEqual({ bits: '4' });
  expect(graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['x0', 'x1'] }]);
  expect(graph.outputs).toMatchObject([{ name: 'y', dtype: 'float32' }]);
  expect(graph.nodes).toEqual([
    { op: 'relu', name: 'Relu_node', inputs: ['x'], outputs: ['y'], attributes: {} },
  ]);
});

test('initializers that are listed as inputs are constants, unused ones are dropped', () => {
  const w = tensor([1, 2, 3]);
  const model = modelOf(
    small([node('Add', ['x', 'w'], ['y'])], { inputs: { x, w }, constants: { w, unused: w } }),
  );
  const graph = fromOnnx(encodeModel(model));
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
  expect([...graph.constants.keys()]).toEqual(['w']);
});

test('Identity on an initializer is the constant itself', () => {
  const w = tensor([1, 2, 3]);
  const nodes = [node('Identity', ['w'], ['same']), node('Add', ['x', 'same'], ['y'])];
  const graph = fromOnnx(fileOf(small(nodes, { constants: { w } })));
  expect(graph.nodes.map(({ op }) => op)).toEqual(['add']);
  expect(toNumbers(graph.constants.get('same') ?? zeros([]))).toEqual([1, 2, 3]);
});

test('every form of Constant is read', () => {
  const forms = {
    a: attribute('value', tensor([1, 2, 3])),
    b: attribute('value_float', { float: 4 }),
    c: attribute('value_floats', { floats: [5, 6, 7] }),
  };
  const nodes = Object.entries(forms).map(([name, value]) =>
    node('Constant', [], [name], { name, attribute: [value] }),
  );
  nodes.push(node('Sum', ['x', 'a', 'b', 'c'], ['y']));
  const graph = fromOnnx(fileOf(small(nodes)));
  const { y } = createExecutor(graph).run({ x });
  expect(toNumbers(y ?? zeros([]))).toEqual([10, 12, 14, 10, 12, 14]);
});

test('nodes out of order are sorted, nodes of one name told apart', () => {
  const nodes = [
    node('Relu', ['b'], ['y'], { name: 'same' }),
    node('Neg', ['x'], ['a'], { name: 'same' }),
    node('Abs', ['a'], ['b'], { name: '' }),
  ];
  const graph = fromOnnx(fileOf(small(nodes)));
  expect(graph.nodes.map(({ op }) => op)).toEqual(['neg', 'abs', 'relu']);
  expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(3);
});

test('half-precision weights become float32, packed codes one byte each', () => {
  const half = {
    name: 'h',
    dims: [3],
    dataType: onnxDataTypes.float16,
    int32Data: [0x3c00, 0, 0xc000],
  };
  const rawData = Uint8Array.of(0x8f, 0x07);
  const packed = { name: 'q', dims: [3], dataType: onnxDataTypes.int4, rawData };
  const nodes = [
    node('DequantizeLinear', ['q', 's'], ['d']),
    node('Add', ['h', 'd'], ['w']),
    node('Add', ['x', 'w'], ['y'], { name: 'last' }),
  ];
  const initializers = [half, packed, initializer('s', tensor([0.5], []))];
  const graph = fromOnnx(fileOf(small(nodes, { opset: 21, initializers })));
  const { y } = createExecutor(graph).run({ x });
  expect(toNumbers(y ?? zeros([]))).toEqual([0.5, -4, 1.5, 0.5, -4, 1.5]);
});

test('the zero point gives the range of sub-byte codes', () => {
  const zeroPoint = {
    name: 'z',
    dims: [],
    dataType: onnxDataTypes.uint2,
    rawData: Uint8Array.of(1),
  };
  const nodes = [
    node('QuantizeLinear', ['x', 's', 'z'], ['q']),
    node('DequantizeLinear', ['q', 's', 'z'], ['y']),
  ];
  const initializers = [zeroPoint, initializer('s', tensor([1], []))];
  const graph = fromOnnx(fileOf(small(nodes, { opset: 25, initializers })));
  const { y } = createExecutor(graph).run({ x: tensor([-9, -1, 0.4, 1, 2, 9], [2, 3]) });
  expect(toNumbers(y ?? zeros([]))).toEqual([-1, -1, 0, 1, 2, 2]);
});

test('external data comes from inside the folder and in the right amount', () => {
  const asked: string[] = [];
  const entries = (location: string, offset: string, length?: string) => [
    { key: 'location', value: location },
    { key: 'offset', value: offset },
    ...(length === undefined ? [] : [{ key: 'length', value: length }]),
  ];
  const file = (...args: Parameters<typeof entries>) => {
    const dataType = onnxDataTypes.float;
    const w = { name: 'w', dims: [3], dataType, dataLocation: 1, externalData: entries(...args) };
    return fileOf(small([node('Add', ['x', 'w'], ['y'])], { initializers: [w] }));
  };
  const externalData = (location: string): Uint8Array => {
    asked.push(location);
    return new Uint8Array(Float32Array.of(9, 1, 2, 3).buffer);
  };
  const graph = fromOnnx(file('./weights/w.bin', '4', '12'), { externalData });
  expect(toNumbers(graph.constants.get('w') ?? zeros([]))).toEqual([1, 2, 3]);
  expect(fromOnnx(file('w.bin', '4'), { externalData }).constants.get('w')?.size).toBe(3);
  expect(asked).toEqual(['./weights/w.bin', 'w.bin']);

  for (const location of [
    '/etc/passwd',
    '../w',
    'a/../../w',
    'C:w',
    'a\\..\\w',
    'w\0',
    '',
    'a//w',
  ]) {
    expect(() => fromOnnx(file(location, '0'), { externalData })).toThrow(
      /inside the model's folder/,
    );
  }
  expect(() => fromOnnx(file('w', '8', '12'), { externalData })).toThrow(/bytes 8 to 20.*has 16/);
  expect(() => fromOnnx(file('w', '0', '8'), { externalData })).toThrow(/8 bytes, expected 12/);
  expect(() => fromOnnx(file('w', '-4', '8'), { externalData })).toThrow(/offset "-4"/);
  expect(() => fromOnnx(file('w', '0', '1e3'), { externalData })).toThrow(/length "1e3"/);
  expect(() => fromOnnx(file('w', '0'))).toThrow(/pass externalData/);
  expect(asked.length).toBe(4);
});

test.each<[string, Small, RegExp]>([
  [
    'unknown operator',
    small([node('Frobnicate', ['x'], ['y'])]),
    /Frobnicate "Frobnicate_node": operator is not known/,
  ],
  [
    'unknown domain',
    small([node('Relu', ['x'], ['y'], { domain: 'acme' })]),
    /Relu "Relu_node": operator of domain "acme"/,
  ],
  ['inherited name', small([node('constructor', ['x'], ['y'])]), /constructor.*not known/],
  ['left-out operator', small([node('LSTM', ['x'], ['y'])]), /LSTM "LSTM_node": recurrent/],
  ['subgraphs', small([node('If', ['x'], ['y'])]), /If "If_node": graphs inside nodes/],
  [
    'missing operand',
    small([node('Relu', ['ghost'], ['y'])]),
    /Relu "Relu_node": "ghost" is produced nowhere/,
  ],
  [
    'left-out operand',
    small([node('Add', ['x', ''], ['y'])]),
    /Add "Add_node": operand 1 is missing/,
  ],
  ['missing result', small([node('Relu', ['x'], ['z'])]), /output "y" is produced nowhere/],
  ['cycle', small([node('Add', ['x', 'y'], ['a']), node('Relu', ['a'], ['y'])]), /cycle through/],
  [
    'two producers',
    small([node('Relu', ['x'], ['y']), node('Neg', ['x'], ['y'])]),
    /Neg "Neg_node": "y" comes from "Relu_node" too/,
  ],
  ['produced input', small([node('Relu', ['x'], ['x'])]), /"x" comes from the inputs too/],
  [
    'attribute of a wrong type',
    small([node('Flatten', ['x'], ['y'], { attribute: [attribute('axis', 'one')] })]),
    /Flatten.*"axis" has type 3, expected int/,
  ],
  [
    'missing attribute',
    small([node('Concat', ['x', 'x'], ['y'])]),
    /Concat.*attribute "axis" is missing/,
  ],
  [
    'unknown mode',
    small([node('Pad', ['x', 'x'], ['y'], { attribute: [attribute('mode', 'mirror')] })]),
    /mode "mirror", expected constant/,
  ],
  [
    'wrong data type',
    small([node('And', ['x', 'x'], ['y'])]),
    /And "And_node".*float32, expected bool/,
  ],
  [
    'shapes that do not fit',
    small([node('Add', ['x', 'w'], ['y'])], { constants: { w: zeros([4]) } }),
    /Add "Add_node".*\[2,3\].*\[4\]/,
  ],
  [
    'rank of a convolution',
    small([node('Conv', ['x', 'w'], ['y'])], { constants: { w: zeros([1, 1, 1, 1, 1]) } }),
    /Conv "Conv_node": 3 spatial axes/,
  ],
  [
    'operator set',
    small([node('Relu', ['x'], ['y'])], { opset: 27 }),
    /operator set 27, expected 1 to 26/,
  ],
  [
    'old form',
    small([node('Add', ['x', 'x'], ['y'])], { opset: 6 }),
    /Add "Add_node": opset 6, expected at least 7/,
  ],
])('%s: the error says what and where', (_, model, expected) => {
  const error = failure(model);
  expect(error.message).toMatch(expected);
  expect(error.code).toBe('SUBBYTE_ONNX');
});

test('errors carry the node and its operator', () => {
  const error = failure(small([node('GRU', ['x'], ['y'])]));
  expect(error).toMatchObject({ node: 'GRU_node', op: 'GRU' });
});

test('faults of the whole file are named too', () => {
  const model = modelOf(small([node('Relu', ['x'], ['y'])]));
  expect(failure({ ...model, graph: undefined }).message).toMatch(/no graph/);
  expect(failure({ ...model, opsetImport: [] }).message).toMatch(/no operator set/);
  const functions = [{ name: 'Twice', domain: 'local' }];
  const call = { opType: 'Twice', domain: 'local', input: ['x'], output: ['y'] };
  expect(failure({ ...model, functions, graph: { ...model.graph, node: [call] } }).message).toMatch(
    /Twice "Twice": functions inside models/,
  );
  const twice = [initializer('w', x), initializer('w', x)];
  expect(failure({ ...model, graph: { ...model.graph, initializer: twice } }).message).toMatch(
    /two initializers/,
  );
  const sparse = { ...model.graph, sparseInitializer: [{}] };
  expect(failure({ ...model, graph: sparse }).message).toMatch(/sparse/);
  const shape = { dim: [{ dimValue: -5 }] };
  const type = { tensorType: { elemType: 1, shape } };
  expect(
    failure({ ...model, graph: { ...model.graph, input: [{ name: 'x', type }] } }).message,
  ).toMatch(/size -5/);
  const huge = {
    tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1e9 }, { dimValue: 9 }] } },
  };
  expect(
    failure({ ...model, graph: { ...model.graph, input: [{ name: 'x', type: huge }] } }).message,
  ).toMatch(/"x" has shape \[1000000000,9\], at most/);
  const text = { tensorType: { elemType: onnxDataTypes.string, shape } };
  expect(
    failure({ ...model, graph: { ...model.graph, input: [{ name: 'x', type: text }] } }).message,
  ).toMatch(/tensor of numbers/);
});
