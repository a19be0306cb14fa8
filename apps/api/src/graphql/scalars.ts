import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** A text, checked only for being one; use cases parse what it says. */
const textScalar = (name: string): GraphQLScalarType =>
  new GraphQLScalarType({
    name,
    serialize: String,
    parseValue: (value) => {
      if (typeof value === 'string') return value;
      throw new GraphQLError(`${name} must be a string`);
    },
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING) return node.value;
      throw new GraphQLError(`${name} must be a string`);
    },
  });

const identity = (value: unknown): unknown => value;

/** Resolvers of the scalars. Numbers are in their wire form already. */
export const scalars = {
  DateTime: textScalar('DateTime'),
  Cursor: textScalar('Cursor'),
  JSON: new GraphQLScalarType({
    name: 'JSON',
    serialize: identity,
    parseValue: identity,
    parseLiteral: valueFromASTUntyped,
  }),
  Number: new GraphQLScalarType({ name: 'Number', serialize: identity, parseValue: identity }),
};
