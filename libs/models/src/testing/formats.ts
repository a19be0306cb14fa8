// Models to try the formats with, and what is compared of graphs.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseModel } from '../formats/parse.js';
import { isRecord } from '../objects/forms.js';
import { toKeras3 } from '../formats/export/toKeras3.js';
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

/** What Keras 3 is given of a graph, as it is sent. */
export function writtenForKeras3(graph: ModelGraph): unknown {
  const written = toKeras3(graph);
  if (!written.ok) throw new Error(JSON.stringify(written.problems, null, 1));
  return JSON.parse(JSON.stringify(written.model)) as unknown;
}

/** What is said of a layer itself, not of what it computes. */
const APART = new Set(['dtype', 'trainable', 'batch_shape', 'sparse', 'ragged', 'optional', 'layers']);
const CALLS = new Set(['input_layers', 'output_layers', 'build_input_shape']);

/**
 * Class and settings of each layer of a document of Keras 3, by its name, with the models and wrappers that it is in. Objects
 * among settings are as Keras writes them. Functions on tensors, which Keras writes for masks, are not among them.
 */
export function settingsOf(document: unknown, within = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isRecord(document) || !isRecord(document['config'])) return found;
  if (String(document['module']).includes('.ops.')) return found;
  const { class_name: type, config } = document;
  const name = `${within}/${String(config['name'])}`;
  const held = ['layer', 'backward_layer'].flatMap((key) => (isRecord(config[key]) ? [config[key]] : []));
  const layers = Array.isArray(config['layers']) ? (config['layers'] as readonly unknown[]) : [];
  for (const inner of [...held, ...layers])
    for (const [key, value] of settingsOf(inner, name)) found.set(key, value);
  const own = Object.entries(config).filter(
    ([key]) => !APART.has(key) && !CALLS.has(key) && key !== 'layer' && key !== 'backward_layer',
  );
  found.set(name, { type, settings: Object.fromEntries(own) });
  return found;
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
