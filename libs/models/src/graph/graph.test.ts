import { expect, test } from '@jest/globals';
import { checkStructure } from '../checks/structure.js';
import { testGraph, type TestCall } from '../testing/graph.js';
import { producerOf, type GraphNode } from './graph.js';

const CALLS = 1000;
const graph = testGraph({
  inputs: { x: [4] },
  calls: Array.from({ length: CALLS }, (_, at): TestCall => ({
    name: `d${at}`,
    weights: { kernel: [4, 4] },
  })),
});

test('each value has the call that makes it; inputs have none', () => {
  expect(producerOf(graph, 0)).toBeUndefined();
  for (const node of graph.nodes) expect(producerOf(graph, node.outputs[0] ?? -1)).toBe(node);
});

test('looking up all producers is linear in the calls', () => {
  let reads = 0;
  const counted = graph.nodes.map((node) => {
    const { outputs } = node;
    return Object.defineProperty<GraphNode>({ ...node }, 'outputs', {
      get: () => {
        reads += 1;
        return outputs;
      },
    });
  });
  const watched = { ...graph, nodes: counted };
  for (let value = 0; value <= CALLS; value++) producerOf(watched, value);
  expect(reads).toBe(CALLS);
  reads = 0;
  checkStructure(watched);
  expect(reads).toBeLessThan(20 * CALLS);
});
