// `gradstream runs list`: the rows of the dashboard's table.

import { didYouMean, runStates, type RunTablePage, type RunTableOptions } from '@gradstream/sdk';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { connect } from '../connection.js';
import { collect, withExample } from '../options.js';
import { addPageOptions, pageOf, printPage, type PageChoices } from '../lists.js';
import { CALL } from '../output.js';
import { parseSort, PLAIN_SORTS, type ChosenMetric, type RunSort } from '../runSort.js';
import { FLEXIBLE, runCells, runHeader } from '../runTable.js';

interface ListChoices extends PageChoices {
  readonly state?: string;
  readonly search?: string;
  readonly tag?: readonly string[];
  readonly sort: RunSort;
}

/** States as the API takes them. */
function parseStates(text: string): string {
  const wrong = text.split(',').find((word) => !runStates.some((state) => state === word));
  if (wrong === undefined) return text;
  const near = didYouMean(wrong, runStates);
  throw new InvalidArgumentError(
    `There is no state "${wrong}". ${near === null ? '' : `${near} `}They are ${runStates.join(', ')}.`,
  );
}

function queryOf({ state, search, tag, sort, ...page }: ListChoices): RunTableOptions {
  return {
    ...pageOf(page),
    ...{ sort: sort.sort, order: sort.order },
    ...(state === undefined ? {} : { state }),
    ...(search === undefined ? {} : { search }),
    ...(tag === undefined ? {} : { tag: [...tag] }),
  };
}

/** What is said of a metric that no run has; null where one has it. */
function unknownMetric({ data }: RunTablePage, metric: ChosenMetric | null): string | null {
  if (!metric || data.length === 0 || data.some(({ summary }) => metric.series in summary)) return null;
  const known = [...new Set(data.flatMap(({ summary }) => Object.keys(summary)))].sort();
  const near = didYouMean(metric.series, known);
  return `None of these runs has "${metric.series}". ${near ?? `They have: ${known.join(', ')}`}`;
}

async function list(choices: ListChoices): Promise<void> {
  const { state, search, tag, sort } = choices;
  const page = await connect().runs.table(queryOf(choices));
  const isFiltered = [state, search, tag].some((filter) => filter !== undefined);
  const now = Date.now();
  printPage(choices, {
    page,
    total: page.total,
    header: runHeader(sort.metric),
    flexible: FLEXIBLE,
    toRow: (row) => runCells(row, sort.metric, now),
    empty: isFiltered
      ? `No run matches. All runs: ${CALL} runs list`
      : `No runs yet. Make one: ${CALL} train …`,
  });
  const hint = choices.json ? null : unknownMetric(page, sort.metric);
  if (hint !== null) console.error(hint);
}

/** `gradstream runs list` */
export function addRunListCommand(runs: Command): void {
  const command = runs
    .command('list')
    .description('runs, newest first')
    .option(
      '--state <states>',
      `only runs in these states, comma-separated: ${runStates.join(', ')}`,
      parseStates,
    )
    .option('--search <text>', 'only runs with this text in the name, the id, a tag or the notes')
    .option('--tag <name>', 'only runs with this tag; repeatable, and then with all of them', collect)
    .addOption(
      new Option(
        '--sort <order>',
        `METRIC[:min|max|last][:asc|desc], or ${PLAIN_SORTS.join(', ')}; the best run first unless said otherwise`,
      )
        .argParser(parseSort)
        .default(parseSort('createdAt'), 'createdAt'),
    )
    .action(list);
  addPageOptions(command);
  withExample(command, 'runs list --state running,succeeded --sort valLoss:min --limit 10');
}
