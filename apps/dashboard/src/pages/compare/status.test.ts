import { expect, test } from '@jest/globals';
import type { FeedStatus } from '../../live/Feed.js';
import { summedStatus } from './status.js';

const live: FeedStatus = { kind: 'live' };
const ended: FeedStatus = { kind: 'ended' };
const lost = (lastStep: number): FeedStatus => ({ kind: 'reconnecting', lastStep });
const failed: FeedStatus = { kind: 'failed', error: new Error('no') };

test.each<[FeedStatus[], FeedStatus]>([
  [[ended, live, ended], live],
  [[ended, ended], ended],
  [[live, { kind: 'loading' }], { kind: 'loading' }],
  [[lost(30), live, lost(20)], lost(20)],
  [[lost(30), failed, live], failed],
  [[], ended],
])('%j is %j', (all, status) => {
  expect(summedStatus(all)).toEqual(status);
});
