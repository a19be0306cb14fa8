import type { Variable } from '@gradstream/engine';

/** A variable and its name, which is stable: checkpoints know it by that name. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
}

/** A weight that is trained, such as `dense_1/kernel`. Float32. */
export interface TrainableWeight extends NamedVariable {
  /** What the weight is for; by the last part of its name where it is not given. */
  readonly role?: string;
}

const ROLES: Readonly<Record<string, string>> = {
  bias: 'bias',
  gamma: 'normalization',
  beta: 'normalization',
  scale: 'normalization',
};

/** `bias`, `normalization` (Keras's gamma, beta and scale), or whatever else the weight says it is. */
export function roleOf({ name, role }: Pick<TrainableWeight, 'name' | 'role'>): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return role ?? (Object.hasOwn(ROLES, last) ? (ROLES[last] ?? last) : last);
}

/** Whether a whole name fits a pattern, in which `*` stands for any characters; takes time linear in each part. */
export function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Whether a name fits any of the patterns. */
export const fitsAny = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => fitsPattern(name, pattern));
