// Runs as people look at many of them.

import {
  cancelOutcomesSchema,
  cancelRunsSchema,
  runTablePageSchema,
  runTableQuerySchema,
  sparklinesQuerySchema,
  sparklinesSchema,
  type CancelOutcomes,
  type CancelRuns,
  type RunTablePage,
  type RunTableQuery,
  type Sparklines,
  type SparklinesQuery,
} from '@gradstream/contracts';
import { RunControls, RunTable, type Principal } from '@gradstream/domain';
import { Controller } from '@nestjs/common';
import { GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

@Controller('v1/runs')
export class RunTableController {
  constructor(
    private readonly table: RunTable,
    private readonly controls: RunControls,
  ) {}

  @GetEndpoint('table', {
    summary: 'Rows of a table of runs: filtered, and sorted by lowest, highest or last values of metrics',
    scope: 'read',
    query: runTableQuerySchema,
    response: runTablePageSchema,
  })
  tabulate(
    @Caller() caller: Principal,
    @ZodQuery(runTableQuerySchema) query: RunTableQuery,
  ): Promise<RunTablePage> {
    return this.table.list(caller, query);
  }

  @GetEndpoint('sparklines', {
    summary: 'A series of several runs in a few points each',
    scope: 'read',
    query: sparklinesQuerySchema,
    response: sparklinesSchema,
  })
  sparklines(
    @Caller() caller: Principal,
    @ZodQuery(sparklinesQuerySchema) query: SparklinesQuery,
  ): Promise<Sparklines> {
    return this.table.sparklines(caller, query);
  }

  @PostEndpoint('cancel', {
    summary: 'Stop several runs; what came of it, for each',
    scope: 'write',
    body: cancelRunsSchema,
    response: cancelOutcomesSchema,
  })
  cancelSeveral(
    @Caller() caller: Principal,
    @ZodBody(cancelRunsSchema) { ids }: CancelRuns,
  ): Promise<CancelOutcomes> {
    return this.controls.cancelAll(caller, ids);
  }
}
