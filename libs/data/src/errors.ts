/** Postgres's state for a row that a foreign key still needs, or that it needs and is gone. */
const FOREIGN_KEY_VIOLATION = '23503';

/** Whether a statement was refused by a foreign key. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === FOREIGN_KEY_VIOLATION;
