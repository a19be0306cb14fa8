// The grammar. From the loosest to the tightest: one comparison; + and -; * and /; unary minus; ^, from the right.
// Only brackets make a rule call itself, so the depth of their nesting bounds the stack.

import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken } from 'chevrotain';
import { limits } from '../limits.js';
import { ExpressionError } from '../problem.js';
import type { Argument, BooleanNode, BinaryOperator, Definition, Formula, ListNode, Node } from './ast.js';
import * as t from './tokens.js';

/** A power's base, or one of its exponents with the minus signs before it. */
interface Exponent {
  readonly at: number;
  readonly minuses: readonly number[];
  readonly atom: Node;
}

const boolean = ({ startOffset: at }: IToken, value: boolean): BooleanNode => ({
  kind: 'boolean',
  value,
  at,
});

export class Grammar extends EmbeddedActionsParser {
  #nodes = 0;

  constructor(errorMessageProvider: IParserErrorMessageProvider) {
    super(t.tokens, { errorMessageProvider, recoveryEnabled: false, maxLookahead: 2 });
    this.performSelfAnalysis();
  }

  override reset(): void {
    super.reset();
    this.#nodes = 0;
  }

  /** Counts the nodes that are made, and refuses too many. */
  #make<N extends Node>(node: N): N {
    this.#nodes += 1;
    if (this.#nodes <= limits.nodes) return node;
    const message = `has more than ${limits.nodes} numbers, names and operators`;
    throw new ExpressionError('formulaTooLarge', message, 'Split it over several layers');
  }

  #binary(operator: IToken, left: Node, right: Node): Node {
    const sign = operator.image as BinaryOperator; // What the token's pattern lets through.
    return this.#make({ kind: 'binary', operator: sign, left, right, at: operator.startOffset });
  }

  #negate(operand: Node, minuses: readonly number[]): Node {
    return minuses.reduceRight<Node>(
      (inner, at) => this.#make({ kind: 'negate', operand: inner, at }),
      operand,
    );
  }

  readonly formula = this.RULE('formula', (): Formula => {
    const definitions: Definition[] = [];
    const results: Node[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Semicolon,
      DEF: () => {
        const name = this.OPTION(() => {
          const token = this.CONSUME(t.Name);
          this.CONSUME(t.Assign);
          return token;
        });
        const value = this.SUBRULE(this.expression);
        this.ACTION(() => {
          if (results.length > 0) {
            const message = 'has something after its result: only the last part may be without a name';
            throw new ExpressionError('formulaSyntax', message, 'Write "name = …;" for the parts before it');
          }
          if (name) definitions.push({ name: name.image, value, at: name.startOffset });
          else results.push(value);
        });
      },
    });
    return this.ACTION(() => {
      const [result] = results;
      if (result) return { definitions, result };
      const message = 'has no result: its last part has a name';
      throw new ExpressionError('formulaSyntax', message, 'End with the result, such as "a = x * x; a + 1"');
    });
  });

  private readonly expression = this.RULE('expression', (): Node => {
    const left = this.SUBRULE(this.sum);
    return (
      this.OPTION(() => {
        const operator = this.OR([
          { ALT: () => this.CONSUME(t.Less) },
          { ALT: () => this.CONSUME(t.LessEqual) },
          { ALT: () => this.CONSUME(t.Greater) },
          { ALT: () => this.CONSUME(t.GreaterEqual) },
          { ALT: () => this.CONSUME(t.Equal) },
          { ALT: () => this.CONSUME(t.NotEqual) },
        ]);
        const right = this.SUBRULE2(this.sum);
        return this.ACTION(() => this.#binary(operator, left, right));
      }) ?? left
    );
  });

  private readonly sum = this.RULE('sum', (): Node => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      const right = this.SUBRULE2(this.product);
      left = this.ACTION(() => this.#binary(operator, left, right));
    });
    return left;
  });

  private readonly product = this.RULE('product', (): Node => {
    let left = this.SUBRULE(this.signed);
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Times) }, { ALT: () => this.CONSUME(t.Divide) }]);
      const right = this.SUBRULE2(this.signed);
      left = this.ACTION(() => this.#binary(operator, left, right));
    });
    return left;
  });

  private readonly signed = this.RULE('signed', (): Node => {
    const parts: Exponent[] = [];
    const operators: IToken[] = [];
    parts.push(this.SUBRULE(this.exponent));
    this.MANY(() => {
      operators.push(this.CONSUME(t.Power));
      parts.push(this.SUBRULE2(this.exponent));
    });
    return this.ACTION(() => this.#power(parts, operators));
  });

  private readonly exponent = this.RULE('exponent', (): Exponent => {
    const minuses: number[] = [];
    this.MANY(() => {
      minuses.push(this.CONSUME(t.Minus).startOffset);
    });
    const atom = this.SUBRULE(this.atom);
    return this.ACTION(() => ({ at: atom.at, minuses, atom }));
  });

  /** -a ^ -b ^ c is -(a ^ (-(b ^ c))). */
  #power(parts: readonly Exponent[], operators: readonly IToken[]): Node {
    return parts.reduceRight<Node | null>((right, { atom, minuses }, index) => {
      const operator = operators[index];
      const power = right && operator ? this.#binary(operator, atom, right) : atom;
      return this.#negate(power, minuses);
    }, null) as Node; // There is at least one part.
  }

  private readonly atom = this.RULE('atom', (): Node =>
    this.OR([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.call) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const inner = this.SUBRULE(this.expression);
          this.CONSUME(t.Close);
          return inner;
        },
      },
    ]),
  );

  private readonly number = this.RULE('number', (): Node => {
    const { image, startOffset: at } = this.CONSUME(t.NumberLiteral);
    return this.ACTION(() => {
      const value = Number(image);
      if (Number.isFinite(value)) return this.#make({ kind: 'number', value, at });
      throw new ExpressionError('notFinite', `the number ${image} is too large`, 'Use one below 1.8e308');
    });
  });

  /** A name, or a call of a function. */
  private readonly call = this.RULE('call', (): Node => {
    const { image: name, startOffset: at } = this.CONSUME(t.Name);
    const given: Argument[] = [];
    const called = this.OPTION(() => {
      this.CONSUME(t.Open);
      this.MANY_SEP({ SEP: t.Comma, DEF: () => given.push(this.SUBRULE(this.argument)) });
      this.CONSUME(t.Close);
      return true;
    });
    return this.ACTION(() =>
      this.#make<Node>(called ? { kind: 'call', name, arguments: given, at } : { kind: 'name', name, at }),
    );
  });

  private readonly argument = this.RULE('argument', (): Argument => {
    const name = this.OPTION(() => {
      const token = this.CONSUME(t.Name);
      this.CONSUME(t.Assign);
      return token.image;
    });
    const value = this.OR([
      { ALT: () => boolean(this.CONSUME(t.True), true) },
      { ALT: () => boolean(this.CONSUME(t.False), false) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
    return this.ACTION(() => ({ name: name ?? null, value }));
  });

  private readonly list = this.RULE('list', (): ListNode => {
    const items: Node[] = [];
    const at = this.CONSUME(t.OpenList).startOffset;
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.sum)) });
    this.CONSUME(t.CloseList);
    return this.ACTION(() => ({ kind: 'list', items, at }));
  });
}
