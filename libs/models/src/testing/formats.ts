// Models to try the formats with, and what is compared of graphs.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseModel } from '../formats/parse.js';
import type { ModelGraph } from '../graph/graph.js';
import { summarize } from '../graph/summary.js';

const FOLDER = path.join(import.meta.dirname, 'golden/formats');

export interface WrittenModel {
  readonly name: string;
  readonly parameters: number;
  readonly definition: unknown;
  /** The shorthand that Keras was given an export of (`shorthand-…`). */
  readonly shorthand?: unknown;
}

/**
 * Models as Keras 3.15.1 (`keras3-…`) and Keras 2 (tf_keras 2.21.0, `keras2-…`) wrote them, with Keras's counts; and
 * what Keras 3 made of exports of the shorthand.
 */
export function writtenModels(prefix: string): WrittenModel[] {
  const files = readdirSync(FOLDER).filter((file) => file.startsWith(prefix) && file.endsWith('.json'));
  return files.map((file) => {
    const text = readFileSync(path.join(FOLDER, file), 'utf8');
    const model = JSON.parse(text) as Omit<WrittenModel, 'name'>;
    return { ...model, name: path.basename(file, '.json') };
  });
}

/** The graph of a definition that must be valid. */
export function graphOf(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.graph;
}

/** Pointers and codes of the problems of a definition. */
export function problemsOf(definition: unknown): string[] {
  const parsed = parseModel(definition);
  return parsed.ok ? [] : parsed.problems.map(({ pointer, code }) => `${pointer ?? ''} ${code}`);
}

/** All that a graph computes, but for the functions: settings show in shapes, weights and costs. */
export function contentOf(graph: ModelGraph): unknown {
  const { inputs, outputs, layers, values } = graph;
  const nodes = graph.nodes.map(({ layer, plan, inputs: taken, outputs: given, training }) => ({
    layer: layer.name,
    taken,
    given,
    training,
    flops: plan.flops,
    kept: plan.kept,
    activation: plan.finalActivation,
    activityRegularizer: plan.activityRegularizer,
  }));
  return { summary: summarize(graph), inputs, outputs, layers, values, nodes };
}
