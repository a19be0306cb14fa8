// The project of a key, and how much is in it.

import { expect, test } from '@jest/globals';
import { Datasets, Runs } from '@gradstream/domain';
import { createDatasetSchema } from '@gradstream/contracts';
import { Gradstream } from '@gradstream/sdk';
import { useApi } from '../support/app.js';
import { newProject } from '../support/projects.js';
import { definition, readyDataset, specOf } from '../support/runs.js';

const api = useApi();

test('counts by state, and nothing of other projects', async () => {
  await api.app.get(Runs).create(api.principal, specOf(await readyDataset(api)));
  const project = await newProject(api);
  const client = new Gradstream({ url: api.url, apiKey: project.apiKey });
  const empty = await client.projects.current();
  expect(empty).toEqual({
    ...{ id: project.principal.projectId, name: empty.name },
    ...{ runs: {}, datasets: {}, models: 0 },
  });

  const dataset = await readyDataset(api, project.principal);
  const input = createDatasetSchema.parse({ name: 'unchecked', columns: ['a'], rows: [[1]] });
  await api.app.get(Datasets).create(project.principal, input);
  await client.models.create({ name: 'm', definition });
  for (let i = 0; i < 3; i++) await api.app.get(Runs).create(project.principal, specOf(dataset));
  const { data } = await client.runs.list({ limit: 1 });
  await client.runs.cancel(data[0]?.id ?? '');
  expect(await client.projects.current()).toMatchObject({
    ...{ runs: { queued: 2, cancelled: 1 }, datasets: { ready: 1, checking: 1 }, models: 1 },
  });
});
