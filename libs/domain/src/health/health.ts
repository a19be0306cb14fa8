import { Database } from '@gradstream/data';
import { Queues, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

const LIMIT_MS = 1000;

export interface ServiceHealth {
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly s3: boolean;
}

/** Whether a check succeeds in time. */
async function succeeds(check: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, LIMIT_MS);
  });
  const result = check.then(
    () => true,
    () => false, // That is the answer.
  );
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

@Injectable()
export class Health {
  constructor(
    private readonly database: Database,
    private readonly queues: Queues,
    private readonly storage: Storage,
  ) {}

  /** Which services answer within a second. */
  async check(): Promise<ServiceHealth> {
    const checks = [this.database.ping(), this.queues.ping(), this.storage.ping()] as const;
    const [postgres, redis, s3] = await Promise.all(checks.map(succeeds));
    return { postgres: postgres ?? false, redis: redis ?? false, s3: s3 ?? false };
  }
}
