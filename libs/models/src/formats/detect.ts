// Which format a document has. The marks are those that their writers leave; a document without any is none of them.

import { isRecord } from '../objects/forms.js';
import type { Dialect } from './keras2Config.js';
import type { Path } from './reader.js';

type Format =
  | { readonly kind: 'shorthand' }
  | { readonly kind: Dialect; readonly document: unknown; readonly path: Path };

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | null => (isRecord(value) ? value : null);

/** Whether layers are written as Keras 2 does: calls as lists, and shapes of batches among the settings of layers. */
function looksOld(layers: unknown): boolean {
  if (!Array.isArray(layers)) return false;
  return layers.some((given: unknown) => {
    const layer = record(given);
    const nodes = layer?.['inbound_nodes'];
    const config = record(layer?.['config']);
    return (Array.isArray(nodes) && Array.isArray(nodes[0])) || config?.['batch_input_shape'] !== undefined;
  });
}

function dialectOf(model: Json, version: unknown, isTfjs: boolean): Dialect {
  if (typeof version === 'string') {
    if (version.startsWith('tfjs')) return 'tfjs';
    return /^[012]\./.test(version) ? 'keras2' : 'keras3';
  }
  if (isTfjs) return 'tfjs';
  const { config } = model;
  return Array.isArray(config) || looksOld(record(config)?.['layers']) ? 'keras2' : 'keras3';
}

/** The format of a document, and where in it the model lies; null when it is none that is known. */
export function detectFormat(document: unknown): Format | null {
  if (Array.isArray(document)) return { kind: 'shorthand' };
  const outer = record(document);
  if (!outer) return null;
  const topology = record(outer['modelTopology']);
  const around = topology ?? outer;
  const inner = record(around['model_config']);
  const model = inner ?? around;
  const path = [...(topology ? ['modelTopology'] : []), ...(inner ? ['model_config'] : [])];
  if (model['class_name'] !== undefined) {
    const version = around['keras_version'] ?? model['keras_version'];
    return { kind: dialectOf(model, version, topology !== null), document: model, path };
  }
  return outer['layers'] === undefined ? null : { kind: 'shorthand' };
}
