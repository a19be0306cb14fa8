// Weights in other formats: what is refused, and how. What TensorFlow.js makes of the rest: test/e2e/predict.test.ts.

import { expect, test } from '@jest/globals';
import { Attempts, Checkpoints, Runs } from '@gradstream/domain';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { definition, readyDataset, specOf } from '../support/runs.js';

const api = useApi();

/** A checkpoint of a model, whose files are no tensors. */
async function checkpointOf(model: unknown): Promise<string> {
  const spec = specOf(await readyDataset(api), { model });
  const { id } = await api.app.get(Runs).create(api.principal, spec);
  const claim = await api.app.get(Attempts).claim(id, 'test');
  if (!claim) throw new Error('the run was not claimed');
  await storeCheckpoint(api, claim, { step: 1 });
  const page = await api.app.get(Checkpoints).list(api.principal, id, { limit: 1 });
  return page.data[0]?.id ?? '';
}

const download = (id: string, format: string) =>
  api.call('GET', `/v1/checkpoints/${id}/download?format=${format}`);

test('a model that TensorFlow.js does not have is refused with each place', async () => {
  const id = await checkpointOf([
    { type: 'dense', units: 4, activation: 'celu', input: [2] },
    { type: 'rmsNormalization' },
    { type: 'dense', units: 2, activation: 'softmax' },
  ]);
  const { status, body } = await download(id, 'tfjs');
  expect([status, body['code']]).toEqual([422, 'FORMAT_UNSUPPORTED']);
  expect(body['errors']).toEqual([
    expect.objectContaining({ pointer: '/0', code: 'notInTfjs' }),
    expect.objectContaining({ pointer: '/1', code: 'notInTfjs' }),
  ]);
  expect((await download(id, 'safetensors')).status).toBe(200);
});

test('a link gives the file to who has no key, with the name of its run, and to nobody after its time', async () => {
  const id = await checkpointOf(definition);
  const { status, body } = await api.call('GET', `/v1/checkpoints/${id}/link`);
  expect(status).toBe(200);
  const url = String(body['url']);
  const answer = await fetch(url);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.byteLength).toBe(body['bytes']);
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="${String(body['fileName'])}"`,
  );
  expect(body['fileName']).toMatch(/-step-1\.safetensors$/);
  const left = Date.parse(String(body['expiresAt'])) - Date.now();
  expect(left).toBeGreaterThan(200_000);
  expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300);
  expect((await fetch(url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=0'))).status).toBe(403);
});

test('a file that is no safetensors file, and a format that is not known', async () => {
  const id = await checkpointOf(definition);
  expect((await download(id, 'tfjs')).body['code']).toBe('CHECKPOINT_INVALID');
  expect((await download(id, 'onnx')).body['errors']).toEqual([
    expect.objectContaining({ pointer: '/format' }),
  ]);
});
