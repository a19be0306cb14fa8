/** What to do about a file that breaks its reader. */
export const WRITE_ANEW = 'Write it anew with another program, or in another format';
