// Whether the loss can change anything, and which layers it cannot change.

import { toPointer } from '@gradstream/contracts';
import { countValues, type GraphNode, type Layer, type ModelGraph } from '../graph/graph.js';
import { hasTrainable, type GradientFlow } from '../graph/gradientFlow.js';
import type { Finding } from './finding.js';
import { placeOf } from './place.js';

/** Layers none of whose calls is in a set, in order. */
function without({ layers }: ModelGraph, calls: ReadonlySet<GraphNode>): Layer[] {
  const called = new Set([...calls].map(({ layer }) => layer));
  return layers.filter((layer) => !called.has(layer));
}

/** Layers whose values no output needs. */
function deadEnds(graph: ModelGraph, { used }: GradientFlow): Finding[] {
  return without(graph, used).map(({ name, weights }) => ({
    severity: 'warning',
    pointer: placeOf(graph, name),
    code: 'deadEnd',
    message: `no output of the model depends on the layer "${name}"`,
    why: `it is computed in every step for nothing${weights.length > 0 ? ', and its weights stay as they are' : ''}`,
    hint: 'Connect it to an output, or take it out',
  }));
}

/** Layers with trainable weights that outputs depend on, but only through a layer that lets no gradient pass. */
function cutOff(graph: ModelGraph, { reached, used }: GradientFlow): Finding[] {
  const dead = new Set(without(graph, used));
  const cut = without(graph, reached).filter((layer) => !dead.has(layer));
  return cut
    .filter(({ weights }) => weights.some(({ trainable }) => trainable))
    .map(({ name }) => ({
      severity: 'warning',
      pointer: placeOf(graph, name),
      code: 'noGradient',
      message: `the layer "${name}" gets no gradient`,
      why: 'what it computes is rounded or compared, or taken for whole numbers, before it comes to the loss, so that its weights stay as they are',
      hint: 'Set its "trainable" to false if that is meant, or connect it without the layer in between; an Expression may have "backward": "straightThrough"',
    }));
}

export function trainability(graph: ModelGraph, flow: GradientFlow): Finding[] {
  const weights = graph.layers.flatMap((layer) => layer.weights);
  const pointer = toPointer(graph.definition.path);
  const details = [...deadEnds(graph, flow), ...cutOff(graph, flow)];
  if (!weights.some(({ trainable }) => trainable)) {
    const message = `all ${countValues(weights)} parameters are frozen`;
    const why = 'training has nothing to change';
    const hint = 'Set "trainable" to true for the last layers at least';
    return [{ severity: 'error', pointer, code: 'everythingFrozen', message, why, hint }, ...details];
  }
  if ([...flow.reached].some(hasTrainable)) return details;
  const message = 'no path leads from an output back to a trainable weight';
  const why = 'every gradient is 0, and training changes nothing';
  const hint = 'Connect the trainable layers to an output by layers that have a gradient';
  return [{ severity: 'error', pointer, code: 'noGradientPath', message, why, hint }, ...details];
}
