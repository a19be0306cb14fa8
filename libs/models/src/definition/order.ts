// The order in which the calls of a definition can run, and what stands in the way.

import type { CallDefinition, GraphDefinition, LayerDefinition, TensorReference } from './definition.js';

export interface OrderedCall {
  readonly layer: LayerDefinition;
  readonly index: number;
  readonly call: CallDefinition;
}

export interface Order {
  /** Calls that can run, each after those it takes inputs from. */
  readonly calls: readonly OrderedCall[];
  /** References to what is not there. */
  readonly missing: readonly { readonly from: LayerDefinition; readonly reference: TensorReference }[];
  /** Names of layers along one cycle, the first one again at the end; empty without a cycle. */
  readonly cycle: readonly string[];
}

const keyOf = (layer: string, call: number): string => `${layer}:${call}`;

/** Follows inputs among the calls that cannot run, until one comes again. */
function findCycle(stuck: ReadonlyMap<string, OrderedCall>): string[] {
  const followed = new Set<string>();
  let key = stuck.keys().next().value;
  while (key !== undefined && !followed.has(key)) {
    followed.add(key);
    const inputs = stuck.get(key)?.call.inputs ?? [];
    key = inputs.map((input) => keyOf(input.layer, input.call)).find((input) => stuck.has(input));
  }
  if (key === undefined) return [];
  const seen = [...followed];
  const names = [...seen.slice(seen.indexOf(key)), key].map((one) => stuck.get(one)?.layer.name ?? one);
  return names.reverse(); // Inputs were followed backwards.
}

/** Kahn's algorithm over calls: linear in their number and their inputs. */
export function orderCalls({ layers }: GraphDefinition): Order {
  const calls = new Map<string, OrderedCall>();
  for (const layer of layers)
    layer.calls.forEach((call, index) => calls.set(keyOf(layer.name, index), { layer, index, call }));
  const users = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  const missing: { from: LayerDefinition; reference: TensorReference }[] = [];
  for (const [key, { layer, call }] of calls) {
    waiting.set(key, call.inputs.length);
    for (const reference of call.inputs) {
      const source = keyOf(reference.layer, reference.call);
      if (!calls.has(source)) missing.push({ from: layer, reference });
      const list = users.get(source);
      if (list) list.push(key);
      else users.set(source, [key]);
    }
  }
  const ready = [...calls.keys()].filter((key) => waiting.get(key) === 0);
  const ordered: OrderedCall[] = [];
  for (let at = 0; at < ready.length; at++) {
    const key = ready[at] ?? '';
    const call = calls.get(key);
    if (call) ordered.push(call);
    for (const user of users.get(key) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
    calls.delete(key);
  }
  return { calls: ordered, missing, cycle: missing.length > 0 ? [] : findCycle(calls) };
}
