// Datasets, models and runs over REST: what is answered, and the headers that go with it.

import { describe, expect, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Cleanup, Datasets } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { useApi } from '../support/app.js';
import { populate, type Ids } from '../support/projects.js';
import { definition, readyDataset, specFor } from '../support/runs.js';

let ids: Ids;
const api = useApi(async (started) => {
  ids = await populate(started, started.principal);
});

/** Makes a model; answers with its id. */
const newModel = async (): Promise<string> =>
  String((await api.call('POST', '/v1/models', { body: { name: 'm', definition } })).body['id']);

describe('models', () => {
  // Keras 3.15, keras.Sequential of the same layers: model.summary() prints these shapes and counts.
  const convolutional = {
    class_name: 'Sequential',
    config: {
      layers: [
        { class_name: 'InputLayer', config: { name: 'image', batch_shape: [null, 8, 8, 1] } },
        {
          class_name: 'Conv2D',
          config: { name: 'conv', filters: 4, kernel_size: [3, 3], activation: 'relu' },
        },
        { class_name: 'Flatten', config: { name: 'flat' } },
        { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
      ],
    },
  };
  const summary = {
    inputs: [{ name: 'image', shape: [8, 8, 1], dtype: 'float32' }],
    outputs: [{ name: 'out', shape: [10], dtype: 'float32' }],
    inputShape: [8, 8, 1],
    outputShape: [10],
    layers: [
      { name: 'conv', type: 'Conv2D', outputShape: [6, 6, 4], parameterCount: 40 },
      { name: 'flat', type: 'Flatten', outputShape: [144], parameterCount: 0 },
      { name: 'out', type: 'Dense', outputShape: [10], parameterCount: 1450 },
    ],
    parameters: { total: 1490, trainable: 1490, frozen: 0 },
    frozenLayers: [],
    // A product of 9 taps and 4 filters at 36 places, one of 144 values and 10 units; a multiply-add is two.
    flops: { forward: expect.any(Number), training: expect.any(Number) },
  };

  test('a summary has layers, shapes, parameters and totals', async () => {
    const { body } = await api.call('POST', '/v1/models', {
      body: { name: 'cnn', definition: convolutional },
    });
    const answer = await api.call('GET', `/v1/models/${String(body['id'])}/summary`);
    expect(answer).toMatchObject({ status: 200, body: summary });
  });

  test('a model from before summaries had inputs and outputs has them all the same', async () => {
    const { body } = await api.call('POST', '/v1/models', {
      body: { name: 'cnn', definition: convolutional },
    });
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE models SET summary = summary - 'inputs' - 'outputs' WHERE id = ${body['id']}`.execute(
        database.query,
      ),
    );
    expect((await api.call('GET', `/v1/models/${String(body['id'])}`)).body).toEqual(body);
  });

  test('a check says the same and stores nothing', async () => {
    const before = await api.call('GET', '/v1/models?limit=100');
    const good = await api.call('POST', '/v1/models/validate', {
      body: { name: 'cnn', definition: convolutional },
    });
    expect(good).toMatchObject({ status: 200, body: { ok: true, problems: [], warnings: [], summary } });
    const { flops } = good.body['summary'] as { flops: { forward: number; training: number } };
    const products = 2 * (9 * 4 * 36 + 144 * 10);
    expect(flops.forward).toBeGreaterThanOrEqual(products);
    expect(flops.forward).toBeLessThan(1.2 * products);
    expect(flops.training).toBe(3 * flops.forward);
    // Adam keeps two values for each of 1,490 weights; batches of 32 images of 64 values.
    expect(good.body['memory']).toMatchObject({
      weights: 4 * 1490,
      slots: 8 * 1490,
      inputs: 4 * 32 * 64,
      gradients: 4 * 1490,
    });
    const layers = [
      { class_name: 'Magic', config: {} },
      { class_name: 'Dense', config: { units: -1 } },
    ];
    const body = { name: 'm', definition: { class_name: 'Sequential', config: { layers } } };
    const bad = await api.call('POST', '/v1/models/validate', { body });
    expect(bad).toMatchObject({ status: 200, body: { ok: false, summary: null, memory: null } });
    const created = await api.call('POST', '/v1/models', { body });
    expect(created).toMatchObject({
      status: 422,
      body: { code: 'MODEL_INVALID', errors: bad.body['problems'] },
    });
    expect((await api.call('GET', '/v1/models?limit=100')).body).toEqual(before.body);
  });

  test('one that cannot train is refused, what is mostly bad is a warning, each with its place', async () => {
    const dense = { type: 'dense', units: 1, input: [4] };
    const check = (definition: object[]) =>
      api.call('POST', '/v1/models/validate', { body: { name: 'm', definition } });
    const frozen = [{ ...dense, trainable: false }];
    const { body: bad } = await check(frozen);
    expect(bad).toMatchObject({
      ok: false,
      problems: [{ pointer: '/definition', code: 'everythingFrozen' }],
      summary: { parameters: { total: 5, trainable: 0, frozen: 5 }, frozenLayers: ['dense'] },
    });
    const refused = await api.call('POST', '/v1/models', { body: { name: 'm', definition: frozen } });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'MODEL_INVALID', errors: bad['problems'] },
    });
    expect((await check([dense, { type: 'dropout', rate: 0.5 }])).body).toMatchObject({
      ok: true,
      warnings: [{ pointer: '/definition/1', code: 'dropoutAtOutput' }],
    });
  });

  test('one that no run refers to is deleted, another one stays', async () => {
    const id = await newModel();
    expect(await api.call('DELETE', `/v1/models/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect((await api.call('GET', `/v1/models/${id}`)).status).toBe(404);
    const used = await api.call('DELETE', `/v1/models/${ids.models}`);
    expect(used).toMatchObject({
      status: 409,
      body: { code: 'IN_USE', detail: expect.stringContaining(ids.runs) },
    });
    expect((await api.call('GET', `/v1/models/${ids.models}`)).status).toBe(200);
  });
});

describe('datasets', () => {
  test('a preview has the first rows, statistics the columns', async () => {
    const preview = await api.call('GET', `/v1/datasets/${ids.datasets}/preview?rows=3`);
    expect(preview.body).toEqual({
      columns: ['a', 'b', 'y'],
      rows: [
        ['0', '0', '0'],
        ['1', '1', '1'],
        ['2', '2', '0'],
      ],
      rowCount: 20,
    });
    for (const rows of ['0', '101', 'abc'])
      expect((await api.call('GET', `/v1/datasets/${ids.datasets}/preview?rows=${rows}`)).status).toBe(422);
    const { body } = await api.call('GET', `/v1/datasets/${ids.datasets}/stats`);
    expect(body).toMatchObject({
      rowCount: 20,
      columns: [{ name: 'a', distinct: 20 }, { name: 'b' }, { name: 'y' }],
    });
  });

  test('one that is not ready has neither', async () => {
    const { body } = await api.call('POST', '/v1/datasets', {
      body: { name: 'd', columns: ['a'], rows: [[1]] },
    });
    for (const part of ['preview', 'stats'])
      expect(await api.call('GET', `/v1/datasets/${String(body['id'])}/${part}`)).toMatchObject({
        status: 409,
        body: { code: 'DATASET_NOT_READY' },
      });
  });

  /** Whether the storage holds a dataset's upload, and its shards. */
  const folderOf = (id: string): string => `projects/${api.principal.projectId}/datasets/${id}`;
  const isStored = async (id: string, file = `${'1'.repeat(64)}/index.json`): Promise<boolean> =>
    (await api.app.get(Storage).stat(`${folderOf(id)}/${file}`)) !== null;

  /** Lets a day pass for the files that wait for their removal. */
  async function waitForUploads(): Promise<void> {
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE deleted_objects SET remove_after = remove_after - interval '1 day'`.execute(database.query),
    );
  }

  test('one that no run refers to is deleted with its file, another one stays', async () => {
    const id = await readyDataset(api);
    expect(await isStored(id)).toBe(true);
    expect((await api.call('DELETE', `/v1/datasets/${id}`)).status).toBe(200);
    expect((await api.call('GET', `/v1/datasets/${id}`)).status).toBe(404);
    await waitForUploads();
    await api.app.get(Cleanup).cleanUp();
    expect(await isStored(id)).toBe(false);
    const used = await api.call('DELETE', `/v1/datasets/${ids.datasets}`);
    expect(used).toMatchObject({
      status: 409,
      body: { code: 'IN_USE', detail: expect.stringContaining(ids.runs) },
    });
    await api.app.get(Cleanup).cleanUp();
    expect(await isStored(ids.datasets)).toBe(true);
  });

  test('the file of a planned upload is removed once it can no longer come', async () => {
    const upload = { format: 'csv', bytes: 4 };
    const { body } = await api.call('POST', '/v1/datasets', { body: { name: 'd', upload } });
    const id = String(body['id']);
    expect((await api.call('DELETE', `/v1/datasets/${id}`)).status).toBe(200);
    const { url } = body['upload'] as { url: string };
    expect((await fetch(url, { method: 'PUT', body: 'a\n1\n' })).ok).toBe(true);
    await api.app.get(Cleanup).cleanUp();
    expect(await isStored(id, 'source')).toBe(true);
    await waitForUploads();
    await api.app.get(Cleanup).cleanUp();
    expect(await isStored(id, 'source')).toBe(false);
  });

  test('of a deletion and ten runs at once, either wins, and nothing breaks', async () => {
    const dataset = await readyDataset(api);
    const [deleted, ...runs] = await Promise.all([
      api.call('DELETE', `/v1/datasets/${dataset}`),
      ...Array.from({ length: 10 }, () => api.call('POST', '/v1/runs', { body: specFor(dataset) })),
    ]);
    const made = runs.filter(({ status }) => status === 202);
    for (const { status, body } of runs.filter((run) => !made.includes(run)))
      expect([status, body['code']]).toEqual([422, 'RUN_INVALID']);
    expect([deleted.status, made.length > 0]).toEqual(deleted.status === 200 ? [200, false] : [409, true]);
  });
});

describe('the verdict on a run', () => {
  /** What validate says, and that creation refuses with the same. */
  async function verdictOn(body: object): Promise<{ pointer: string; code: string; hint?: string }[]> {
    const verdict = await api.call('POST', '/v1/runs/validate', { body });
    expect(verdict).toMatchObject({ status: 200, body: { ok: false } });
    const { problems } = verdict.body;
    const refusal = await api.call('POST', '/v1/runs', { body });
    expect(refusal).toMatchObject({ status: 422, body: { code: 'RUN_INVALID', errors: problems } });
    return problems as { pointer: string; code: string }[];
  }
  const places = (problems: { pointer: string; code: string }[]): string[] =>
    problems.map(({ pointer, code }) => `${pointer} ${code}`).sort();

  test('names everything at once, each with a hint', async () => {
    const problems = await verdictOn(
      specFor(ids.datasets, {
        inputs: [{ columns: ['a', 'nope'] }],
        target: { column: 'gone', task: 'regression' },
        split: { train: 0.99, validation: 0.01 },
        metrics: ['accuracy'],
      }),
    );
    expect(places(problems)).toEqual([
      '/inputs/0/columns/1 unknownColumn',
      '/loss lossTask',
      '/metrics/0 metricTask',
      '/split tooFewRows',
      '/target/column unknownColumn',
    ]);
    for (const problem of problems) expect(problem.hint).toEqual(expect.any(String));
  });

  test('says what can be said although the dataset is not ready', async () => {
    const waiting = await api.app
      .get(Datasets)
      .create(api.principal, { name: 'd', columns: ['a'], rows: [[1]] });
    const loss = { name: 'sparseCategoricalCrossentropy', fromLogits: true };
    expect(places(await verdictOn(specFor(waiting.id, { loss })))).toEqual([
      '/dataset datasetNotReady',
      '/loss/fromLogits softmaxTwice',
    ]);
  });

  test('names broken models and missing columns together, with hints', async () => {
    const model = {
      class_name: 'Sequential',
      config: { layers: [{ class_name: 'Dense', config: { units: -1, batch_input_shape: [null, 2] } }] },
    };
    const target = { column: 'gone', task: 'classification' };
    const problems = await verdictOn(specFor(ids.datasets, { model, target }));
    expect(places(problems)).toEqual([
      expect.stringMatching(/^\/model\/config\/layers\/0/),
      '/target/column unknownColumn',
    ]);
    for (const problem of problems) expect(problem.hint).toEqual(expect.any(String));
  });

  test('is good for one that would work, and queues nothing', async () => {
    const before = await api.call('GET', '/v1/runs?limit=100');
    const { body } = await api.call('POST', '/v1/runs/validate', { body: specFor(ids.datasets) });
    // Two inputs and two units with a bias each: 6 weights, of which Adam keeps two values; batches of 32.
    const memory = { weights: 4 * 6, slots: 8 * 6, inputs: 4 * 32 * 2 };
    expect(body).toMatchObject({ ok: true, problems: [], warnings: [], memory });
    expect((await api.call('GET', '/v1/runs?limit=100')).body).toEqual(before.body);
  });
});

describe('headers', () => {
  test('what goes on in the background is 202 with its Location', async () => {
    const { status, headers, body } = await api.call('POST', '/v1/runs', { body: specFor(ids.datasets) });
    expect([status, headers.get('location')]).toEqual([202, `/v1/runs/${String(body['id'])}`]);
    const cancelled = await api.call('POST', `/v1/runs/${String(body['id'])}/cancel`);
    expect([cancelled.status, cancelled.headers.get('location')]).toEqual([
      202,
      `/v1/runs/${String(body['id'])}`,
    ]);
    const made = await api.call('POST', '/v1/models', { body: { name: 'm', definition } });
    expect([made.status, made.headers.get('location')]).toEqual([
      201,
      `/v1/models/${String(made.body['id'])}`,
    ]);
  });

  test('an ETag names a resource as it is; If-None-Match spares its body', async () => {
    const path = `/v1/models/${ids.models}`;
    const etag = (await api.call('GET', path)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `"x", W/${etag}`, '*']) {
      const again = await api.call('GET', path, { headers: { 'if-none-match': known } });
      expect([again.status, again.body['text'], again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await api.call('GET', path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  test('If-Match keeps a change from what it was not meant for', async () => {
    const path = `/v1/models/${await newModel()}`;
    const etag = (await api.call('GET', path)).headers.get('etag') ?? '';
    for (const wrong of ['"x"', `W/${etag}`]) {
      const refused = await api.call('DELETE', path, { headers: { 'if-match': wrong } });
      expect(refused).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
    }
    expect((await api.call('DELETE', path, { headers: { 'if-match': `"x", ${etag}` } })).status).toBe(200);
  });

  test('a run that has changed is not cancelled under If-Match', async () => {
    const { body } = await api.call('POST', '/v1/runs', { body: specFor(ids.datasets) });
    const path = `/v1/runs/${String(body['id'])}`;
    const etag = (await api.call('GET', path)).headers.get('etag') ?? '';
    const headers = { 'if-match': etag };
    expect((await api.call('POST', `${path}/cancel`, { headers })).status).toBe(202);
    expect((await api.call('POST', `${path}/cancel`, { headers })).status).toBe(412);
  });

  test('Retry-After comes with a request that is still being answered', async () => {
    const headers = { 'idempotency-key': `retry-${ids.runs}` };
    const send = () => api.call('POST', '/v1/models', { body: { name: 'once', definition }, headers });
    const refused = (await Promise.all(Array.from({ length: 8 }, send))).filter(
      ({ status }) => status === 409,
    );
    for (const { headers: answered, body } of refused)
      expect([answered.get('retry-after'), body['code']]).toEqual(['1', 'IDEMPOTENCY_IN_FLIGHT']);
    expect((await send()).status).toBe(201);
  });
});
