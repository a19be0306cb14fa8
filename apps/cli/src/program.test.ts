import { expect, test } from '@jest/globals';
import { CommanderError, type Command } from 'commander';
import { EXIT, exitCodeOf, UsageError } from './exitCodes.js';
import { createProgram } from './program.js';

/** What a command writes for itself. */
function captured(command: Command): { readonly text: string } {
  const seen = { text: '' };
  const write = (text: string): void => {
    seen.text += text;
  };
  const all = (one: Command): void => {
    one.configureOutput({ writeOut: write, writeErr: write });
    one.commands.forEach(all);
  };
  all(command);
  return seen;
}

/** All commands and groups of them, by their words. */
const commandsOf = (command: Command, words: readonly string[] = []): [string, Command][] => [
  [words.join(' '), command],
  ...command.commands.flatMap((one) => commandsOf(one, [...words, one.name()])),
];

/** Words as a shell would split them. */
const split = (line: string): string[] =>
  (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

const all = commandsOf(createProgram());

test.each(all)('the help of "gradstream %s" has an example that it would understand', (words, command) => {
  const seen = captured(command);
  command.outputHelp();
  const lines = seen.text.trimEnd().split('\n');
  expect(lines.at(-2)).toBe('Example:');
  const [, example = ''] = /^ {2}npm run gradstream -- (.*)$/.exec(lines.at(-1) ?? '') ?? [];
  expect(example.startsWith(words)).toBe(true);
  const [named, asked] =
    all.findLast(([name]) => name !== '' && example.startsWith(name) && name.length > words.length) ??
    ([words, command] as const);
  const { operands, unknown } = asked.parseOptions(split(example.slice(named.length)));
  expect([asked.commands, unknown]).toEqual([[], []]);
  const needed = asked.registeredArguments.filter(({ required }) => required);
  expect(operands.length).toBeGreaterThanOrEqual(needed.length);
});

/** How the program ends with these words, and what it writes. */
async function end(...words: string[]): Promise<{ code: number; text: string }> {
  const program = createProgram();
  const seen = captured(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return { code: 0, ...seen };
  } catch (error) {
    return { code: exitCodeOf(error), ...seen };
  }
}

test.each([
  [['run', 'list'], 2, 'Did you mean runs?'],
  [['runs', 'lst'], 2, 'Did you mean list?'],
  [['runs', 'list', '--sorted', 'x'], 2, 'Did you mean --sort?'],
  [['runs', 'list', '--limit', 'abc'], 2, 'It is a whole number from 1 to 100.'],
  [['runs', 'list', '--state', 'runing'], 2, 'There is no state "runing". Did you mean "running"?'],
  [['runs', 'list', '--sort', ':min'], 2, 'It is METRIC[:min|max|last][:asc|desc]'],
  [['runs', 'get'], 2, "missing required argument 'id'"],
  [['runs', 'get', 'a', 'b'], 2, 'too many arguments'],
  [['runs', 'follow', 'a', '--quiet', '--json'], 2, 'cannot be used with'],
  [['runs'], 2, 'Usage: gradstream runs'],
  [[], 2, 'Usage: gradstream'],
  [['--help'], 0, 'Usage: gradstream'],
  [['runs', 'list', '--help'], 0, 'Example:'],
] as const)('%j ends with %d', async (words, code, text) => {
  const ended = await end(...words);
  expect(ended.code).toBe(code);
  expect(ended.text).toContain(text);
});

test('other failures have codes of their own', () => {
  expect(exitCodeOf(new UsageError('one of both'))).toBe(2);
  expect(exitCodeOf(new Error('no'))).toBe(EXIT.failed);
  expect(exitCodeOf(new CommanderError(1, 'commander.help', '(outputHelp)'))).toBe(2);
});
