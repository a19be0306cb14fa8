import { DomainModule } from '@gradstream/domain';
import { PlatformModule, type ConfigValues } from '@gradstream/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AuthGuard } from './auth/auth.guard.js';
import { controllers } from './controllers.js';
import { GraphqlModule } from './graphql/graphql.module.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { HealthController } from './rest/health.controller.js';

/** The API's process. */
@Module({})
export class ApiModule {
  static forRoot(config: ConfigValues): DynamicModule {
    return {
      module: ApiModule,
      imports: [PlatformModule.forRoot(config, 'api'), DomainModule, GraphqlModule],
      controllers: [...controllers, HealthController],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      ],
    };
  }
}
