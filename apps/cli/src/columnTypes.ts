// The option that says types of columns, which the server infers otherwise.

import { featureTypes } from '@gradstream/sdk';
import { InvalidArgumentError, Option } from 'commander';

export type ColumnTypes = Record<string, (typeof featureTypes)[number]>;

/** Adds `column=type` to those before. */
function parseType(text: string, before: ColumnTypes = {}): ColumnTypes {
  const at = text.lastIndexOf('=');
  const type = featureTypes.find((one) => one === text.slice(at + 1));
  if (at < 1 || type === undefined)
    throw new InvalidArgumentError(`It is COLUMN=TYPE, with a type of ${featureTypes.join(', ')}.`);
  return { ...before, [text.slice(0, at)]: type };
}

/** `--type column=type`, as often as there are columns. */
export const typeOption = (): Option =>
  new Option(
    '--type <column=type>',
    'the type of a column, which is inferred otherwise; repeatable',
  ).argParser(parseType);
