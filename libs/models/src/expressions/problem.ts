// The closed list of what can be wrong with an expression.

/** What kind of mistake, for programs. */
export type ExpressionProblemCode =
  | 'formulaTooLong'
  | 'formulaSyntax'
  | 'formulaTooLarge'
  | 'unknownName'
  | 'unknownFunction'
  | 'badName'
  | 'duplicateName'
  | 'badArguments'
  | 'badSetting'
  | 'notFinite'
  | 'unusedName'
  | 'shape'
  | 'tooLarge'
  | 'noGradient'
  | 'missingBackward'
  | 'gradient'
  | 'gradientUnchecked';

/** A refusal of one formula; the caller adds which one. */
export class ExpressionError extends Error {
  constructor(
    readonly code: ExpressionProblemCode,
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** A place in a formula as people count: from 1. */
export const character = (offset: number): string => `at character ${offset + 1}`;

/** What is wrong with a definition, and where in it. */
export interface ExpressionProblem {
  readonly path: readonly PropertyKey[];
  readonly code: ExpressionProblemCode;
  readonly message: string;
  readonly hint: string;
}

/** The problem that a refusal is at a place. */
export const problemAt = (
  path: readonly PropertyKey[],
  { code, message, hint }: ExpressionError,
): ExpressionProblem => ({ path, code, message, hint });
