// Server-sent events (WHATWG HTML, section 9.2), and what a shutdown does to what is under way.

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Database, FrameRepository, ModelRepository } from '@gradstream/data';
import { Attempts } from '@gradstream/domain';
import { Wakeups } from '@gradstream/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';
import { claimedRun, definition, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(30_000);

let api: TestApi;

beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await api.stop();
});

interface ServerEvent {
  readonly name: string;
  readonly id: string;
  readonly data: { points: { step: number }[]; done: boolean; code?: string; requestId?: string };
}

/** The events of a whole stream, by the rules of the standard: comments are left out. */
function parseEvents(text: string): ServerEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data = JSON.parse(fields.get('data') ?? '') as ServerEvent['data'];
      return { name: fields.get('event') ?? '', id: fields.get('id') ?? '', data };
    });
}

const open = (runId: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${api.url}/v1/runs/${runId}/stream`, {
    headers: { authorization: `Bearer ${api.apiKey}`, ...headers },
  });

const stepsOf = (events: readonly ServerEvent[]): number[] =>
  events.flatMap(({ data }) => data.points.map(({ step }) => step));

test('those who wait are told when a write can be seen, not before', async () => {
  const [attempts, wakeups] = [api.app.get(Attempts), api.app.get(Wakeups)];
  const run = await claimedRun(api, await readyDataset(api));
  await attempts.started(run, { totalSteps: 4 });
  const position = await attempts.position(run);
  const heard: string[] = [];
  const told = (id: string): Promise<void> =>
    new Promise((resolve) => {
      wakeups.subscribe(id, () => {
        heard.push(id);
        resolve();
      });
    });
  // The subscription has begun when this comes, and what the start of the run told is past.
  const begun = told('begun');
  while (heard.length === 0) {
    wakeups.notifyNow('begun');
    await Promise.race([begun, delay(20)]);
  }
  await delay(300); // Hints of a run come at most ten times a second: the next one comes at once.
  const ofRun = told(run.runId);
  const after = told('after the write');
  await api.app.get(Database).asProject(run.projectId, async () => {
    await attempts.appendFrames(run, [frameOf(1)], position);
    wakeups.notifyNow('after the write'); // By the same connection: it cannot overtake the run's.
    await after;
    expect(heard).not.toContain(run.runId);
  });
  await ofRun;
});

describe('server-sent events', () => {
  test('tell all there was and what comes, and Last-Event-ID goes on after it', async () => {
    const attempts = api.app.get(Attempts);
    const run = await claimedRun(api, await readyDataset(api));
    await attempts.started(run, { totalSteps: 4 });
    await attempts.appendFrames(run, [frameOf(1), frameOf(2)], await attempts.position(run));
    const stream = await open(run.runId);
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await attempts.appendFrames(run, [frameOf(3), frameOf(4)], await attempts.position(run));
    await attempts.finish(run, { state: 'succeeded' });
    const events = parseEvents(await stream.text());
    expect(stepsOf(events)).toEqual([1, 2, 3, 4]);
    expect(events.map(({ name }) => name)).toEqual(events.map(() => 'metrics'));
    expect(events.at(-1)?.data.done).toBe(true);
    for (const [i, { id }] of events.entries()) {
      const rest = await (await open(run.runId, { 'last-event-id': id })).text();
      expect(stepsOf(parseEvents(rest))).toEqual(stepsOf(events.slice(i + 1)));
    }
    const bad = await open(run.runId, { 'last-event-id': 'x' });
    expect([bad.status, await bad.json()]).toMatchObject([400, { code: 'BAD_CURSOR' }]);
  });

  test('end with the problem when something unexpected happens, under the request id', async () => {
    const run = await claimedRun(api, await readyDataset(api));
    const frames = api.app.get(FrameRepository);
    const listAfter = frames.listAfter.bind(frames);
    const spy = jest.spyOn(frames, 'listAfter');
    spy.mockImplementationOnce(listAfter).mockRejectedValueOnce(new TypeError('a mistake of ours'));
    const stream = await open(run.runId);
    const [problem] = parseEvents(await stream.text());
    const requestId = stream.headers.get('x-request-id') ?? '';
    expect(problem).toMatchObject({ name: 'problem', data: { code: 'INTERNAL', requestId } });
    const { body } = await api.call('GET', '/metrics', { key: null });
    expect(body['text']).toMatch(/^gradstream_errors_total\{.*code="INTERNAL".*\} 1$/m);
  });
});

describe('a shutdown', () => {
  test('lets a request that is being answered end', async () => {
    const models = api.app.get(ModelRepository);
    const insert = models.insert.bind(models);
    const reached = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    jest.spyOn(models, 'insert').mockImplementationOnce(async (row) => {
      reached.resolve(undefined);
      await gate.promise;
      return insert(row);
    });
    const answer = api.call('POST', '/v1/models', { body: { name: 'm', definition } });
    await reached.promise;
    const stopped = api.stop();
    // Nothing is accepted any more, so connections would have been closed by now.
    while (
      await fetch(`${api.url}/livez`)
        .then((live) => live.ok)
        .catch(() => false)
    );
    gate.resolve(undefined);
    expect((await answer).status).toBe(201);
    await stopped;
  });

  test('ends open streams whole', async () => {
    const { runId } = await claimedRun(api, await readyDataset(api));
    const stream = await open(runId);
    const text = stream.text();
    await api.stop();
    expect(await text).toMatch(/^: open\n\n/);
  });
});
