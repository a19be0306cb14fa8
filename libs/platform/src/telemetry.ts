import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The process's Prometheus metrics. */
@Injectable()
export class Telemetry {
  readonly registry = new Registry();
  readonly httpSeconds = new Histogram({
    name: 'gradstream_http_request_seconds',
    help: 'Time to answer, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly subscriptions = new Gauge({
    name: 'gradstream_subscriptions',
    help: 'Open subscriptions and event streams',
    registers: [this.registry],
  });
  readonly errors = new Counter({
    name: 'gradstream_errors_total',
    help: 'Errors answered, by code',
    labelNames: ['code'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
