// A definition in any format that is known.

import { findTooDeep, TOO_DEEP, toPointer, type ProblemItem } from '@gradstream/contracts';
import type { GraphDefinition } from '../definition/definition.js';
import { buildModel, type BuiltModel } from '../graph/build.js';
import { DEFAULT_LIMITS, type ModelLimits } from '../graph/limits.js';
import { LONG_SETTINGS } from '../layers/schemas.js';
import { findTooWide } from '../objects/wide.js';
import { detectFormat } from './detect.js';
import { readKeras } from './keras.js';
import { Reader } from './reader.js';
import { report } from './report.js';
import { ShorthandReader } from './shorthand.js';

/** Most entries of a list or an object of a definition; lists of numbers of a Normalization may have more. */
const WIDEST = 20_000;

const NO_FORMAT: ProblemItem = {
  pointer: '',
  code: 'unknownFormat',
  message: 'this is no definition of a model in a format that is known',
  hint:
    'Give what Keras writes by model.to_json() (class_name and config), a TensorFlow.js model.json (modelTopology), ' +
    'or the shorthand: a list of layers such as [{"type": "dense", "units": 1, "input": [4]}], or {"layers": …}',
};

function read(reader: Reader, document: unknown): GraphDefinition | null {
  const format = detectFormat(document);
  if (!format) {
    reader.problems.push(NO_FORMAT);
    return null;
  }
  if (format.kind === 'shorthand') return new ShorthandReader(reader).model(document, [], 1);
  return readKeras(reader, format.document, format.path, format.kind);
}

/** Reads and checks a definition; lists every problem with a JSON pointer to a place in it. */
export function parseModel(definition: unknown, limits: ModelLimits = DEFAULT_LIMITS): BuiltModel {
  const deep = findTooDeep(definition);
  if (deep) {
    const problem = { pointer: toPointer(deep), code: 'tooDeep', message: TOO_DEEP, hint: 'Nest it less' };
    return { ok: false, problems: [problem] };
  }
  const wide = findTooWide(definition, WIDEST, LONG_SETTINGS);
  if (wide) {
    const message = `has ${wide.entries} entries, the limit is ${WIDEST}`;
    const hint = 'Make the model smaller';
    return { ok: false, problems: [{ pointer: toPointer(wide.path), code: 'tooLarge', message, hint }] };
  }
  const reader = new Reader(limits);
  const graph = read(reader, definition);
  if (!graph || reader.problems.length > 0)
    return { ok: false, problems: report(definition, reader.problems) };
  const built = buildModel(graph, limits);
  return built.ok ? built : { ok: false, problems: report(definition, built.problems) };
}
