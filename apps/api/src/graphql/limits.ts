// What a document may ask for. The same rule stands before HTTP and WebSocket.

import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

export const limits = { tokens: 2000, depth: 12, aliases: 30, cost: 5000 } as const;

/** Rows that a list has when its `first` is not a literal. */
const DEFAULT_ROWS = 100;

interface Measure {
  depth: number;
  aliases: number;
  cost: number;
}

/** How many rows a field asks for; 1 for what is no connection. */
function rowsOf(field: FieldNode): number {
  const first = field.arguments?.find((argument) => argument.name.value === 'first');
  if (!first) return 1;
  return first.value.kind === Kind.INT ? Math.max(1, Number(first.value.value)) : DEFAULT_ROWS;
}

/** Measures a selection with its fragments; each fragment is measured once. A cyclic one counts as nothing: another rule refuses it. */
class Measurer {
  readonly #fragments = new Map<string, Measure | null>();

  constructor(private readonly context: ValidationContext) {}

  measure({ selections }: SelectionSetNode): Measure {
    const total: Measure = { depth: 0, aliases: 0, cost: 0 };
    for (const selection of selections) {
      const part =
        selection.kind === Kind.FIELD
          ? this.#field(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.measure(selection.selectionSet)
            : this.#fragment(selection.name.value);
      total.depth = Math.max(total.depth, part.depth);
      total.aliases += part.aliases;
      total.cost += part.cost;
    }
    return total;
  }

  #field(field: FieldNode): Measure {
    const inner = field.selectionSet ? this.measure(field.selectionSet) : { depth: 0, aliases: 0, cost: 0 };
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (field.alias ? 1 : 0),
      cost: 1 + rowsOf(field) * inner.cost,
    };
  }

  #fragment(name: string): Measure {
    const known = this.#fragments.get(name);
    if (known) return known;
    const fragment: FragmentDefinitionNode | null | undefined =
      known === null ? null : this.context.getFragment(name);
    if (!fragment) return { depth: 0, aliases: 0, cost: 0 };
    this.#fragments.set(name, null);
    const measured = this.measure(fragment.selectionSet);
    this.#fragments.set(name, measured);
    return measured;
  }
}

const isIntrospection = (operation: OperationDefinitionNode): boolean =>
  operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );

/** Refuses operations that are too deep, have too many aliases, or cost too much (a field 1, a list its rows times). */
export function limitsRule(context: ValidationContext): ASTVisitor {
  const measurer = new Measurer(context);
  return {
    OperationDefinition: (operation) => {
      const measure = measurer.measure(operation.selectionSet);
      // Introspection is as deep as its standard query; it costs nothing to answer.
      const names = isIntrospection(operation)
        ? (['aliases'] as const)
        : (['depth', 'aliases', 'cost'] as const);
      for (const name of names) {
        if (measure[name] <= limits[name]) continue;
        const message = `The document's ${name} is ${measure[name]}, the limit is ${limits[name]}: ask for less at a time.`;
        context.reportError(
          new GraphQLError(message, { nodes: operation, extensions: { code: 'QUERY_TOO_COMPLEX' } }),
        );
      }
    },
  };
}
