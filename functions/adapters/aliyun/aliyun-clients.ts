import { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import * as openApi from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { type AccountCredentials, clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { createEcsCalls, type EcsCalls, type EcsTransport } from './ecs-calls.ts';
