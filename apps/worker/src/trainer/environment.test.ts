import { expect, test } from '@jest/globals';
import { plainEnvironment, trainerEnvironment } from './environment.js';

const env = { PATH: '/bin', LC_ALL: 'C', DATABASE_URL: 'postgres://secret', S3_SECRET_KEY: 'secret' };

test('no process sees addresses and secrets; only trainers keep the memory that they free', () => {
  expect(plainEnvironment(env)).toEqual({ PATH: '/bin', LC_ALL: 'C' });
  expect(trainerEnvironment(env)).toEqual({
    PATH: '/bin',
    LC_ALL: 'C',
    GLIBC_TUNABLES: expect.stringContaining('trim_threshold'),
  });
});
