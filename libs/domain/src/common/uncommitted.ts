/**
 * How long files stay that were noted before their upload and that no row holds, in ms: longer than any upload takes, a
 * storage that is away meanwhile included.
 */
export const UNCOMMITTED_MS = 24 * 60 * 60_000;
