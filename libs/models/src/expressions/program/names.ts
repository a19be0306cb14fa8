// Which names a definition may give.

import { limits } from '../limits.js';
import { constants, functions } from './functions.js';

/** What formulas call the gradient of the output, the output, and the length of the first input's last axis. */
export const reserved = ['gradient', 'output', 'features', 'true', 'false'] as const;

const PATTERN = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Why a name cannot be given to an input, parameter, setting or intermediate result; null when it can. */
export function nameProblem(name: string): string | null {
  if (name.length > limits.name) return `has ${name.length} characters, the limit is ${limits.name}`;
  if (!PATTERN.test(name)) return 'has to begin with a letter, and goes on with letters, digits and _';
  if (name in Object.prototype || name === 'prototype') return 'has a meaning of its own in JavaScript';
  if (functions.has(name)) return 'is the name of a function';
  if (constants.has(name) || (reserved as readonly string[]).includes(name)) {
    return 'has a meaning of its own in formulas';
  }
  return null;
}
