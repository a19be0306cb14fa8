// Plans of calls. The settings of a layer are read once, however often it is called; a plan is made once for inputs of
// the same shapes, and what is wrong with it is listed once.

import { toPointer, toProblemItems, type ProblemItem } from '@gradstream/contracts';
import type { CallDefinition, LayerDefinition } from '../definition/definition.js';
import { limits } from '../expressions/limits.js';
import { Effort, formulaLength } from '../layers/effort.js';
import { readInner, Refused } from '../layers/inner.js';
import { SettingError, ShapeError, type LayerPlan, type Shape } from '../layers/layer.js';
import type { ReadLayer } from '../layers/register.js';
import { registry, unknownLayer } from '../layers/registry.js';
import { SETTING_WORDS } from '../layers/words.js';

type Readable = Extract<ReadLayer, { readonly ok: true }>;

export class Planner {
  readonly #read = new Map<LayerDefinition, Readable | null>();
  readonly #plans = new Map<LayerDefinition, Map<string, LayerPlan | null>>();
  /** What is passed at each call besides shapes, as text; its options were checked. */
  readonly #passed = new Map<CallDefinition, string>();
  readonly #ordered = new Map<CallDefinition, CallDefinition>();
  readonly #effort = new Effort();
  #isFull = false;

  /** Problems that are found go into the list. */
  constructor(private readonly problems: ProblemItem[]) {}

  /** A call with its tensors in the order of the layer's parameters: those by position, then those by name. */
  inOrder(layer: LayerDefinition, call: CallDefinition): CallDefinition {
    if (layer.model || call.inputs.every(({ name }) => name === null)) return call;
    const known = this.#ordered.get(call);
    if (known) return known;
    const parameters = this.#layer(layer)?.parameters;
    if (!parameters) return call;
    const place = ({ name }: CallDefinition['inputs'][number]): number => {
      if (name === null) return -1;
      return parameters.includes(name) ? parameters.indexOf(name) : parameters.length;
    };
    const ordered = { ...call, inputs: call.inputs.toSorted((a, b) => place(a) - place(b)) };
    this.#ordered.set(call, ordered);
    return ordered;
  }

  /**
   * The plan of a call for inputs of these shapes, or null after its problems were listed. Settings and options are checked
   * even where inputs are missing: shapes are null then.
   */
  plan(layer: LayerDefinition, call: CallDefinition, shapes: readonly Shape[] | null): LayerPlan | null {
    const read = this.#layer(layer);
    if (!read) return null;
    const passed = this.#check(layer, read, call);
    if (!shapes) return null;
    const key = `${JSON.stringify(shapes)} ${passed}`;
    const plans = this.#plans.get(layer) ?? new Map<string, LayerPlan | null>();
    this.#plans.set(layer, plans);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = this.#build(layer, read, call, shapes);
    plans.set(key, plan);
    return plan;
  }

  #layer(layer: LayerDefinition): Readable | null {
    const known = this.#read.get(layer);
    if (known !== undefined) return known;
    const read = this.#readLayer(layer);
    this.#read.set(layer, read);
    return read;
  }

  #readLayer({ type, config, path, configPath }: LayerDefinition): Readable | null {
    const read = registry.get(type);
    if (!read) {
      this.problems.push({ pointer: toPointer([...path, 'class_name']), ...unknownLayer(type) });
      return null;
    }
    if (!this.#effort.mayRead(formulaLength(type, config))) {
      const message = `the formulas of all layers together have more than ${limits.allText} characters`;
      if (!this.#isFull) this.#problem(path, 'tooLarge', message, 'Use fewer or shorter ones');
      this.#isFull = true;
      return null;
    }
    const parsed = read(config);
    if (parsed.ok) return parsed;
    for (const problem of toProblemItems(parsed.issues, configPath, SETTING_WORDS))
      this.problems.push(problem);
    return null;
  }

  #check({ path }: LayerDefinition, read: Readable, call: CallDefinition): string {
    const known = this.#passed.get(call);
    if (known !== undefined) return known;
    for (const problem of toProblemItems(read.checkOptions(call.options), path, SETTING_WORDS))
      this.problems.push(problem);
    const passed = JSON.stringify([call.inputs.map(({ name }) => name), call.options]);
    this.#passed.set(call, passed);
    return passed;
  }

  #build(
    { path, configPath, name }: LayerDefinition,
    read: Readable,
    { inputs, options }: CallDefinition,
    shapes: readonly Shape[],
  ): LayerPlan | null {
    const effort = this.#effort;
    try {
      return read.build(
        { shapes, names: inputs.map((input) => input.name), options, effort },
        (inner, below) => readInner(inner, [...configPath, ...below], SETTING_WORDS, this.problems, effort),
      );
    } catch (error) {
      if (error instanceof ShapeError)
        this.#problem(path, 'shape', `layer "${name}" ${error.message}`, error.hint);
      else if (error instanceof SettingError)
        this.#problem([...configPath, ...error.path], error.code, error.message, error.hint);
      else if (!(error instanceof Refused)) throw error;
      return null;
    }
  }

  #problem(path: readonly PropertyKey[], code: string, message: string, hint: string): void {
    this.problems.push({ pointer: toPointer(path), code, message, hint });
  }
}
