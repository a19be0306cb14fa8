import { Health } from '@gradstream/domain';
import { Telemetry } from '@gradstream/platform';
import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Where things are, for a program that knows the address alone. */
const HOME = {
  name: 'Gradstream',
  docs: '/docs/',
  openapi: '/openapi.json',
  graphql: '/graphql',
  dashboard: '/',
  health: '/readyz',
};

/** What needs no key: whether we live, whether we are ready, and figures. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly telemetry: Telemetry,
  ) {}

  @Get('v1')
  home(): typeof HOME {
    return HOME;
  }

  @Get('livez')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Ready means that requests can be answered: without S3 most can, so that is only a degradation. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const services = await this.health.check();
    const ready = services.postgres && services.redis;
    if (!ready) void reply.status(503).header('retry-after', '1');
    const missing = Object.entries(services).flatMap(([name, up]) => (up ? [] : [name]));
    return { status: !ready ? 'unavailable' : services.s3 ? 'ok' : 'degraded', services, missing };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.telemetry.registry.metrics();
  }
}
