import { describe, expect, test } from '@jest/globals';
import { toProblemItems } from '../errors/zod.js';
import { outputsOf, runLossSchema, runTargetSchema } from './outputs.js';

const y = { column: 'y', task: 'regression' };

/** Places of the problems of a target. */
function said(target: unknown): string[] {
  const { error } = runTargetSchema.safeParse(target);
  return toProblemItems(error?.issues ?? []).map(({ pointer, code }) => `${pointer ?? ''} ${code}`);
}

describe('problems are of the form that was meant', () => {
  test.each<[string, unknown, string[]]>([
    ['one target', y, []],
    ['targets by output', { outputs: { 'a/b': y } }, []],
    ['an empty target', {}, ['/task invalid_value', '/column custom']],
    ['a key of one target', { ...y, colum: 'y' }, ['/colum unknownKey']],
    ['a key of one of several', { outputs: { a: { ...y, colum: 'y' } } }, ['/outputs/a/colum unknownKey']],
    ['a key beside the outputs', { outputs: { a: y }, task: 'regression' }, ['/task unknownKey']],
    ['a list of outputs', { outputs: [y] }, ['/outputs invalid_type']],
    ['no object', 'y', [' invalid_type']],
  ])('%s', (_, target, places) => {
    expect(said(target)).toEqual(places);
  });
});

test('outputs have what is theirs, with pointers', () => {
  const target = runTargetSchema.parse({ outputs: { 'a/b': y, c: y } });
  const loss = runLossSchema.parse({
    outputs: { 'a/b': { loss: 'mae', weight: 2, classWeights: 'balanced' } },
  });
  expect(outputsOf({ target, loss, metrics: { outputs: {} } })).toMatchObject([
    {
      name: 'a/b',
      loss: { name: 'meanAbsoluteError' },
      ...{ weight: 2, classWeights: 'balanced', metrics: [] },
      at: {
        target: '/target/outputs/a~1b',
        loss: '/loss/outputs/a~1b/loss',
        classWeights: '/loss/outputs/a~1b/classWeights',
        metrics: '/metrics/outputs/a~1b',
      },
    },
  ]);
  expect(outputsOf({ target, loss: runLossSchema.parse('mse') })).toEqual([]);
  expect(outputsOf({ target: runTargetSchema.parse(y), loss })).toEqual([]);
});
