// Names of columns, and ranges of them such as p0…p63, as the server reads them (docs/datasets.md).

/** The columns that names and ranges stand for; what is not known stands for none. */
export function expandColumns(expressions: readonly string[], known: readonly string[]): readonly string[] {
  return expressions.flatMap((expression) => {
    if (known.includes(expression)) return [expression];
    const [first = '', last, ...more] = expression.split(/…|\.\.\.?/);
    const [from, to] = [known.indexOf(first.trim()), known.indexOf((last ?? '').trim())];
    return last === undefined || more.length > 0 || from === -1 || to < from ? [] : known.slice(from, to + 1);
  });
}

/** Shorter runs are written name by name. */
const RANGE = 3;
const RANGE_SIGN = /…|\.\./;

/** Columns in the order of the dataset, with ranges where several stand side by side. */
export function toExpressions(columns: ReadonlySet<string>, known: readonly string[]): readonly string[] {
  const runs: string[][] = [];
  known.forEach((name, at) => {
    if (!columns.has(name)) return;
    const run = runs.at(-1);
    if (run && run.at(-1) === known[at - 1]) run.push(name);
    else runs.push([name]);
  });
  return runs.flatMap((run) => {
    const [first = '', last = ''] = [run[0], run.at(-1)];
    const isRange = run.length >= RANGE && !RANGE_SIGN.test(first) && !RANGE_SIGN.test(last);
    return isRange ? [`${first}…${last}`] : run;
  });
}
