// What a document may ask for, and its variables may be. The same rules stand before HTTP and WebSocket.

import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  typeFromAST,
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { checkJsonBody } from '../http/jsonBody.js';

export const limits = { tokens: 2000, depth: 12, aliases: 30, cost: 5000 } as const;

/** Rows that a list has when its `first` is not a literal. */
const DEFAULT_ROWS = 100;

interface Measure {
  depth: number;
  aliases: number;
  cost: number;
}

/** How many rows a field asks for, by its argument or its default; 1 for what is no connection. */
function rowsOf(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  const given = node.arguments?.find((argument) => argument.name.value === 'first');
  if (given) return given.value.kind === Kind.INT ? Math.max(1, Number(given.value.value)) : DEFAULT_ROWS;
  const declared = field?.args.find((argument) => argument.name === 'first');
  if (!declared) return 1;
  return typeof declared.defaultValue === 'number' ? declared.defaultValue : DEFAULT_ROWS;
}

type Parent = GraphQLNamedType | undefined;

/** Measures a selection with its fragments; each fragment is measured once. A cyclic one counts as nothing: another rule refuses it. */
class Measurer {
  readonly #fragments = new Map<string, Measure | null>();

  constructor(private readonly context: ValidationContext) {}

  /** What a selection on a type asks for. */
  measure({ selections }: SelectionSetNode, parent: Parent): Measure {
    const total: Measure = { depth: 0, aliases: 0, cost: 0 };
    for (const selection of selections) {
      const part =
        selection.kind === Kind.FIELD
          ? this.#field(selection, parent)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.measure(selection.selectionSet, parent)
            : this.#fragment(selection.name.value);
      total.depth = Math.max(total.depth, part.depth);
      total.aliases += part.aliases;
      total.cost += part.cost;
    }
    return total;
  }

  #field(node: FieldNode, parent: Parent): Measure {
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    const inner = node.selectionSet
      ? this.measure(node.selectionSet, isCompositeType(type) ? type : undefined)
      : { depth: 0, aliases: 0, cost: 0 };
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      cost: 1 + rowsOf(node, field) * inner.cost,
    };
  }

  #fragment(name: string): Measure {
    const known = this.#fragments.get(name);
    if (known) return known;
    const fragment: FragmentDefinitionNode | null | undefined =
      known === null ? null : this.context.getFragment(name);
    if (!fragment) return { depth: 0, aliases: 0, cost: 0 };
    this.#fragments.set(name, null);
    const type = typeFromAST(this.context.getSchema(), fragment.typeCondition);
    const measured = this.measure(fragment.selectionSet, type);
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
      const root = context.getSchema().getRootType(operation.operation);
      const measure = measurer.measure(operation.selectionSet, root ?? undefined);
      // Introspection is as deep as its standard query; graphql's own rule refuses its lists inside each other.
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

/** Throws a GraphQLError for variables that are nested too deep. */
export function checkVariables(variables: unknown): void {
  try {
    checkJsonBody({ variables: variables ?? null });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new GraphQLError(error.message, { originalError: error });
  }
}
