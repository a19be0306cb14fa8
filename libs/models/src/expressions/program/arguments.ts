// The arguments of a call: tensors by their order, settings by their name.

import type { Argument, BooleanNode, CallNode, ListNode, Node } from '../language/ast.js';
import { didYouMean } from '../language/nearest.js';
import { limits } from '../limits.js';
import { character, ExpressionError } from '../problem.js';
import type { FormulaFunction, Settings, SettingType } from './functions.js';
import type { ReshapeLength } from './steps.js';

/** The value of a part that has to be known beforehand; null when it is not. */
type ConstantOf = (node: Node) => number | 'features' | null;
type Value = Argument['value'];
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const refuse = (message: string, usage: string): ExpressionError =>
  new ExpressionError('badSetting', message, `Write ${usage}`);

const isNode = (value: Value): value is Node => value.kind !== 'list' && value.kind !== 'boolean';

/** A whole number in the range of axes. */
function readAxis(value: Value, constantOf: ConstantOf): number | null {
  const axis = isNode(value) ? constantOf(value) : null;
  return typeof axis === 'number' && Number.isInteger(axis) && Math.abs(axis) <= limits.rank ? axis : null;
}

function readLength(value: Value, constantOf: ConstantOf): ReshapeLength | null {
  const length = isNode(value) ? constantOf(value) : null;
  if (length === 'features') return length;
  const isLength = length !== null && Number.isInteger(length) && (length > 0 || length === -1);
  return isLength && length <= limits.values ? length : null;
}

/** Every item of a list; null when one of them is not what it should be. */
function all<T>(items: readonly Node[], read: (item: Node) => T | null): T[] | null {
  const values = items.flatMap((item) => read(item) ?? []);
  return values.length === items.length ? values : null;
}

const words: Readonly<Record<SettingType, string>> = {
  axes: `a whole number or a list of them, from -${limits.rank} to ${limits.rank}`,
  axis: `a whole number from -${limits.rank} to ${limits.rank}`,
  flag: 'true or false',
  lengths: 'a list of lengths from 1, "features", and at most one -1 for what is left',
};

/** The value of a setting; null when it is not of the type. */
function readSetting(
  type: SettingType,
  value: ListNode | BooleanNode | Node,
  constantOf: ConstantOf,
): Settings[keyof Settings] {
  switch (type) {
    case 'flag':
      return value.kind === 'boolean' ? value.value : null;
    case 'axis':
      return readAxis(value, constantOf);
    case 'axes': {
      if (value.kind === 'list') return all(value.items, (item) => readAxis(item, constantOf));
      const axis = readAxis(value, constantOf);
      return axis === null ? null : [axis];
    }
    case 'lengths': {
      if (value.kind !== 'list' || value.items.length >= limits.rank) return null;
      const lengths = all(value.items, (item) => readLength(item, constantOf));
      return lengths && lengths.filter((length) => length === -1).length <= 1 ? lengths : null;
    }
  }
}

const countOf = ([least, most]: readonly [number, number]): string => {
  if (least === most) return `${least} value${least === 1 ? '' : 's'}`;
  return `${least} to ${most} values`;
};

/** Sorts the arguments of a call into operands and settings. */
export function readArguments(
  { name, arguments: given, at }: CallNode,
  target: FormulaFunction,
  constantOf: ConstantOf,
): { operands: Node[]; settings: Settings } {
  const { usage, operands: count, settings: known = {}, listSetting, listRequired = false } = target;
  const settings: Mutable<Settings> = {
    axes: null,
    axis: -1,
    keepdims: false,
    approximate: false,
    lengths: [],
  };
  const operands: Node[] = [];
  const seen = new Set<string>();
  const where = `${name} ${character(at)}`;

  const set = (key: string, value: Value): void => {
    const entry = Object.hasOwn(known, key) ? known[key] : undefined;
    if (!entry) {
      const hint = Object.keys(known).length > 0 ? didYouMean(key, Object.keys(known)) : `Write ${usage}`;
      throw new ExpressionError('badSetting', `${where} has no setting "${key}"`, hint);
    }
    if (seen.has(key)) throw refuse(`${where} is given "${key}" twice`, usage);
    seen.add(key);
    const [field, type] = entry;
    const read = readSetting(type, value, constantOf);
    if (read === null) throw refuse(`"${key}" of ${where} has to be ${words[type]}`, usage);
    Object.assign(settings, { [field]: read });
  };

  for (const { name: key, value } of given) {
    if (key !== null) set(key, value);
    else if (isNode(value)) operands.push(value);
    else if (value.kind === 'list' && listSetting !== undefined) set(listSetting, value);
    else throw refuse(`${where} takes no ${value.kind} here`, usage);
  }
  const [least, most] = count;
  if (operands.length < least || operands.length > most) {
    const message = `${where} takes ${countOf(count)}, it is given ${operands.length}`;
    throw new ExpressionError('badArguments', message, `Write ${usage}`);
  }
  if (operands.length === 2 && seen.size > 0 && least === 1) {
    throw refuse(`${where} has no settings when it compares two values`, usage);
  }
  if (listRequired && listSetting !== undefined && !seen.has(listSetting)) {
    throw refuse(`${where} needs its ${listSetting}`, usage);
  }
  return { operands, settings };
}
