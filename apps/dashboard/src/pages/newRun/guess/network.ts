// A small network of the right shapes, or one that is there with its ends changed.

import { isRecord, valueAt } from '../../../ui/json/values.js';
import { TEXT, type Taken } from './inputs.js';
import type { Learned } from './targets.js';

type Ends = Pick<Taken, 'kind' | 'shape'> & Pick<Learned, 'task' | 'units'>;

const ACTIVATIONS = { classification: 'softmax', binary: 'sigmoid', regression: 'linear' } as const;

const lastLayer = ({ task, units }: Ends): object => ({
  ...{ type: 'dense', units },
  ...(task === 'regression' ? {} : { activation: ACTIVATIONS[task] }),
});

const dense = (units: number): object => ({ type: 'dense', units, activation: 'relu' });
const conv = (filters: number): object => ({
  ...{ type: 'conv2d', filters, kernelSize: 3, padding: 'same', activation: 'relu' },
});

/** A network to begin with. */
export function networkFor(ends: Ends): readonly object[] {
  const { kind, shape } = ends;
  const last = lastLayer(ends);
  if (kind === 'text')
    return [
      { type: 'input', shape, dtype: 'int32' },
      { type: 'embedding', inputDim: TEXT.words, outputDim: 32 },
      { type: 'globalAveragePooling1d' },
      ...[dense(32), last],
    ];
  if (shape.length === 3)
    return [
      { ...conv(16), input: shape },
      { type: 'maxPooling2d' },
      ...[conv(32), { type: 'globalAveragePooling2d' }, last],
    ];
  if (shape.length === 2) return [{ type: 'lstm', units: 32, input: shape }, last];
  if (shape.length === 1) return [{ ...dense(64), input: shape }, dense(32), last];
  return [{ type: 'flatten', input: shape }, dense(64), last];
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const suits = (layer: unknown, { task, units }: Ends): boolean =>
  isRecord(layer) && layer['units'] === units && (layer['activation'] ?? 'linear') === ACTIVATIONS[task];

/**
 * A network of other data with its first and last layer changed; null where more than these would have to be. One that fits
 * is answered as it is.
 */
export function fitted(model: unknown, ends: Ends): unknown {
  if (Array.isArray(model)) {
    const layers: readonly unknown[] = model;
    const [first, last] = [layers[0], layers.at(-1)];
    if (!isRecord(first) || !isRecord(last) || last['type'] !== 'dense') return null;
    const isOfText = first['type'] === 'input' && first['dtype'] === 'int32';
    if (isOfText !== (ends.kind === 'text')) return null;
    const isShape = isSame(first['input'] ?? first['shape'], ends.shape);
    if (isShape && suits(last, ends)) return model;
    const canTake = isShape || (first['type'] === 'dense' && ends.kind === 'values' && layers.length > 1);
    if (!canTake) return null;
    const start = isShape ? first : { ...first, input: ends.shape };
    return [start, ...layers.slice(1, -1), suits(last, ends) ? last : lastLayer(ends)];
  }
  if (ends.kind === 'text' || !isRecord(model) || !isSame(valueAt(model, ['inputs', 0, 'shape']), ends.shape))
    return null;
  const { layers, outputs } = model;
  const name: unknown = valueAt(outputs, [0]);
  if (!isRecord(layers) || typeof name !== 'string') return null;
  const last = layers[name];
  if (!isRecord(last) || last['type'] !== 'dense') return null;
  if (suits(last, ends)) return model;
  return { ...model, layers: { ...layers, [name]: { ...lastLayer(ends), inputs: last['inputs'] } } };
}
