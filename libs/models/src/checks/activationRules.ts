// Rules about a loss and the activation that a model ends in.

import type { GraphNode } from '../graph/graph.js';
import { logitsOf } from './logits.js';
import type { OutputKind } from './lossTraits.js';
import { error, warning, type OutputCase, type Rule, type TargetRule } from './outputCase.js';
import { DISTRIBUTIONS, isBounded, PROBABILITIES, rangeOf, showRange } from './ranges.js';

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;

/** The most that softmax can make of one of `units` logits within a range: e^(b − a) / (e^(b − a) + units − 1). */
export const mostProbable = ([least, greatest]: readonly [number, number], units: number): number =>
  1 / (1 + (units - 1) * Math.exp(least - greatest));

/** Softmax of one number. */
export const oneUnitRule: Rule = ({ task, activation, units, at }) => {
  if (task === 'regression' || units !== 1 || !DISTRIBUTIONS.has(activation)) return [];
  return error({
    pointer: at.model,
    code: 'softmaxOneUnit',
    message: `the model ends in "${activation}" over one unit`,
    why: 'the output is 1 whatever the input is, and no weight gets a gradient',
    hint: 'Use "sigmoid" for one unit, or one unit for each class',
  });
};

/** A loss that applies softmax or sigmoid itself, to what has had one. */
export const logitsRule: Rule = ({ loss, traits, activation, units, fromLogits, at }) => {
  const itself = traits.output === 'logits' ? 'softmax' : fromLogits ? logitsOf(loss) : null;
  if (itself === null || activation === 'linear') return [];
  if (activation === 'log_softmax' && itself === 'softmax') return []; // softmax(log p) = p.
  const pointer = traits.output === 'logits' ? at.model : `${at.loss}/fromLogits`;
  const hint =
    traits.output === 'logits'
      ? 'Set the last activation to "linear"'
      : 'Set the last activation to "linear", or fromLogits to false';
  const range = rangeOf(activation);
  const limit =
    itself === 'softmax'
      ? `no class of ${units} could get more than ${percent(mostProbable(range, units))}`
      : `no probability could leave ${percent(1 / (1 + Math.exp(-range[0])))} to ${percent(1 / (1 + Math.exp(-range[1])))}`;
  if (activation === itself) {
    const code = itself === 'softmax' ? 'softmaxTwice' : 'sigmoidTwice';
    const message = `${itself} would be applied twice`;
    return error({ pointer, code, message, why: `by the model and by the loss, so that ${limit}`, hint });
  }
  if (DISTRIBUTIONS.has(activation) || PROBABILITIES.has(activation)) {
    const message = `the loss takes what stands before ${itself}, the model ends in "${activation}"`;
    return error({ pointer, code: 'probabilitiesAsLogits', message, why: limit, hint });
  }
  if (!isBounded(activation)) return [];
  const message = `the loss takes what stands before ${itself}, the model ends in "${activation}"`;
  const why = range.every(Number.isFinite)
    ? limit
    : `those are ${showRange(activation)}, and a unit beyond its bound gets no gradient`;
  return warning({
    pointer,
    code: 'boundedLogits',
    message,
    why,
    hint: 'Set the last activation to "linear"',
  });
};

const EXPECTED: Partial<Record<OutputKind, ReadonlySet<string>>> = {
  distribution: DISTRIBUTIONS,
  probabilities: PROBABILITIES,
  anyProbabilities: new Set([...DISTRIBUTIONS, ...PROBABILITIES]),
};

/** A loss of probabilities, or of numbers above 0, on outputs of an activation that is not known. */
export const unknownActivation =
  (last: GraphNode | undefined): TargetRule =>
  ({ task, traits, fromLogits, at }) => {
    const isPositive = traits.output === 'positive';
    const isOpen = fromLogits || (task === 'regression' && !isPositive);
    if (isOpen || (!isPositive && !EXPECTED[traits.output])) return [];
    const wanted = isPositive ? 'above 0' : 'probabilities';
    const sums = traits.output === 'distribution' ? ' that add up to 1' : '';
    const source = last ? `of the layer "${last.layer.name}" (${last.layer.type})` : 'that are its inputs';
    return warning({
      pointer: at.model,
      code: 'unknownActivation',
      message: `the loss expects outputs that are ${wanted}${sums}; of those ${source} it is not known what they are`,
      why: isPositive
        ? 'the first output below 0 makes the loss NaN'
        : 'values outside of 0 to 1 would be clipped, where the gradient is 0',
      hint: 'Look at what the layers before make of it, or end the model in a layer with an activation of its own',
    });
  };

/** Softmax where each label is decided for itself. */
function competing({ task, units, at }: OutputCase) {
  const said = {
    pointer: at.model,
    code: 'softmaxForLabels',
    message: `softmax over ${units} units, and a loss for labels that are decided each for itself`,
  };
  if (task === 'binary' && units === 2) {
    const why = 'it is categorical cross-entropy, computed without its fused and stable form';
    return warning({ ...said, why, hint: 'Use "categoricalCrossentropy"' });
  }
  const why = 'the outputs add up to 1, so that no two labels can be likely together';
  const hint =
    'Set the last activation to "sigmoid"; where one class excludes the others, use "categoricalCrossentropy"';
  return error({ ...said, why, hint });
}

/** A loss of probabilities on what are none. */
export const probabilitiesRule: Rule = (one) => {
  const { task, loss, traits, activation, fromLogits, at } = one;
  const expected = EXPECTED[traits.output];
  if (fromLogits || !expected || expected.has(activation) || task === 'regression') return [];
  if (traits.output === 'probabilities' && DISTRIBUTIONS.has(activation)) {
    return one.units === 1 ? [] : competing(one); // One unit has a rule of its own.
  }
  const own = traits.output === 'probabilities' ? 'sigmoid' : 'softmax';
  const change = `Set the last activation to "${own}"`;
  const hint = logitsOf(loss)
    ? `${change}, or the loss to {"name": "${loss.name}", "fromLogits": true}`
    : change;
  const independent = PROBABILITIES.has(activation);
  return error({
    pointer: at.loss,
    code: 'notProbabilities',
    message: `the loss expects probabilities${independent ? ' that add up to 1' : ''}, the model ends in "${activation}"`,
    why: independent
      ? 'classes that exclude each other need softmax: every output could be likely at once'
      : 'values outside of 0 to 1 are clipped, where the gradient is 0',
    hint: independent ? change : hint,
  });
};

/** Hinge losses on probabilities. */
export const marginRule: Rule = ({ traits, activation, at }) => {
  const [least, greatest] = rangeOf(activation);
  if (traits.output !== 'margins' || (least <= -1 && greatest >= 1)) return [];
  return warning({
    pointer: at.model,
    code: 'marginOutOfReach',
    message: `the loss asks for outputs beyond -1 and 1, the model ends in "${activation}"`,
    why: `its values are ${showRange(activation)}, so that one of the two sides costs something for ever`,
    hint: 'Set the last activation to "linear" or "tanh"',
  });
};

/** Activations at the end of a regression. */
export const regressionRule: Rule = ({ task, traits, activation, at }) => {
  if (task !== 'regression') return [];
  const hint = 'Set the last activation to "linear"';
  if (DISTRIBUTIONS.has(activation) && traits.output !== 'distribution') {
    const message = 'softmax makes probabilities, the target is a number';
    const why = 'its values lie between 0 and 1 and add up to 1';
    return error({ pointer: at.model, code: 'softmaxRegression', message, why, hint });
  }
  const [least] = rangeOf(activation);
  if (traits.output === 'positive' && least < 0) {
    return error({
      pointer: at.model,
      code: 'notPositive',
      message: `the loss takes the logarithm of the output, the model ends in "${activation}"`,
      why: 'the first output below 0 makes the loss NaN',
      hint: 'Set the last activation to "exponential" or "softplus"',
    });
  }
  if (traits.output !== 'numbers' || !isBounded(activation)) return [];
  const dies = activation === 'relu' || activation === 'relu6';
  return warning({
    pointer: at.model,
    code: 'boundedRegression',
    message: `a regression ends in "${activation}"`,
    why: `its values are ${showRange(activation)}: targets beyond are out of reach${dies ? ', and a unit that gives 0 for every row gets no gradient any more' : ''}`,
    hint: `${hint}, unless all targets lie in there`,
  });
};

/** A loss between directions on vectors of any length. */
export const embeddingRule: Rule = ({ traits, activation, at }) => {
  if (traits.output !== 'embedding' || !DISTRIBUTIONS.has(activation)) return [];
  return error({
    pointer: at.model,
    code: 'softmaxEmbedding',
    message: `the loss compares directions of embeddings, the model ends in "${activation}"`,
    why: 'vectors without negative values are all alike: none can point away from another',
    hint: 'Set the last activation to "linear", and put a UnitNormalization layer at the end',
  });
};
