// How a run is made again from elsewhere: lines for a shell.

/** The files that the lines read. */
export const SPEC_FILE = 'run.json';
export const MODEL_FILE = 'model.json';

/** A document as it is kept in a file. */
export const toFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const lines = (...parts: readonly string[]): string => parts.join(' \\\n  ');

/** Posts the spec; dataset and model are those of the server. */
export const curlLine = (url: string): string =>
  lines(
    `curl ${url}/v1/runs`,
    '-H "authorization: Bearer $GRADSTREAM_API_KEY"',
    "-H 'content-type: application/json'",
    `--data @${SPEC_FILE}`,
  );

/** The same by the command line, which also watches. */
export const CLI_LINE = `npm run gradstream -- train ${SPEC_FILE}`;

/** On another server: it has neither dataset nor model. */
export const CLI_ELSEWHERE = lines(CLI_LINE, `--model ${MODEL_FILE}`, '--dataset dataset.csv');
