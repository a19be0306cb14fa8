/** Input without the optional fields that were given as null: GraphQL clients send them so, and mean that they are absent. */
export const withoutNulls = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
