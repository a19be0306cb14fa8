/** Looks at a resource as it is now, before it is changed; throws PRECONDITION_FAILED when it is another than expected. */
export type Precondition = (current: object) => void;

/** Any resource will do. */
export const noPrecondition: Precondition = () => undefined;
