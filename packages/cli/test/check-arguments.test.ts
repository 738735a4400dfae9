import { expect, test } from 'vitest';
import { UsageError } from '../src/errors.ts';
import { checkArguments } from '../src/options/check-arguments.ts';

const definitions = {
  model: { type: 'positional' },
  out: { type: 'string', alias: 'o' },
  bits: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const check = (...words: string[]) => checkArguments(words, definitions);

test('a good command line passes in any order', () => {
  check('model.onnx', '-o', 'out.onnx', '--bits=4', '--json');
  check('--no-json', '--bits', '-4', 'model.onnx');
});

test('an unknown option names the nearest', () => {
  expect(() => check('--bit', '4')).toThrow('unknown option --bit; did you mean "--bits"?');
  expect(() => check('--quality', '4')).toThrow(/^unknown option --quality$/);
  expect(() => check('-x')).toThrow(UsageError);
});

test('values that are missing, needless or doubled are refused', () => {
  expect(() => check('--bits')).toThrow('--bits needs a value');
  expect(() => check('--bits', '--json')).toThrow('--bits needs a value');
  expect(() => check('--bits=')).toThrow('--bits needs a value');
  expect(() => check('--json=1')).toThrow('--json takes no value, got "1"');
  expect(() => check('--bits', '4', '--bits=8')).toThrow('--bits is given twice');
});

test('operands beyond those defined are refused', () => {
  expect(() => check('a.onnx', 'b.onnx')).toThrow('"b.onnx" is one operand too many');
  checkArguments(['a.onnx', '--json', 'b.onnx', 'c.onnx'], definitions, 'many');
});
