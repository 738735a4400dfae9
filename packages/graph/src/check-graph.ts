import { GraphError } from './errors.ts';
import { operandCount, operations } from './operations/index.ts';
import { sortNodes } from './sort-nodes.ts';
import type { Graph, Node } from './types.ts';

function checkNode(node: Node): void {
  if (!Object.hasOwn(operations, node.op)) {
    throw new GraphError(`node "${node.name}": unknown operation "${node.op}"`, node.name);
  }
  const [least, most] = operandCount(node);
  const count = node.inputs.length;
  if (count < least || count > most) {
    const expected = least === most ? least : `${least} to ${most}`;
    const message = `${node.op} "${node.name}" has ${count} operands, expected ${expected}`;
    throw new GraphError(message, node.name);
  }
  const absent = node.inputs.slice(0, least).indexOf('');
  if (absent >= 0) {
    throw new GraphError(`${node.op} "${node.name}": operand ${absent} is missing`, node.name);
  }
  if (!node.outputs.some((output) => output !== '')) {
    throw new GraphError(`${node.op} "${node.name}" has no result`, node.name);
  }
}

/**
 * Checks that the graph is well formed: known operations with the right number of operands, unique
 * node names, one producer per value, every operand produced earlier, every output produced.
 * @throws GraphError naming the node at fault.
 */
export function checkGraph(graph: Graph): void {
  const names = new Set<string>();
  const values = new Map<string, string>();
  const produce = (value: string, producer: string, node?: string): void => {
    const other = values.get(value);
    if (other !== undefined) {
      throw new GraphError(`value "${value}" comes from ${other} and from ${producer}`, node);
    }
    values.set(value, producer);
  };
  for (const { name } of graph.inputs) produce(name, 'the inputs');
  for (const name of graph.constants.keys()) produce(name, 'the constants');
  const produced = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes) {
    checkNode(node);
    if (names.has(node.name)) {
      throw new GraphError(`two nodes are named "${node.name}"`, node.name);
    }
    names.add(node.name);
    for (const input of node.inputs) {
      if (input === '' || values.has(input)) continue;
      // A cycle also looks like an operand that comes too late; say which of the two it is.
      if (produced.has(input)) sortNodes(graph.nodes);
      const problem = produced.has(input) ? 'produced only later' : 'produced nowhere';
      throw new GraphError(`${node.op} "${node.name}": "${input}" is ${problem}`, node.name);
    }
    for (const output of node.outputs) {
      if (output !== '') produce(output, `"${node.name}"`, node.name);
    }
  }
  const outputs = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!values.has(name)) throw new GraphError(`output "${name}" is produced nowhere`);
    if (outputs.has(name)) throw new GraphError(`output "${name}" is listed twice`);
    outputs.add(name);
  }
}
