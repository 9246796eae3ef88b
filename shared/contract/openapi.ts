import type { z } from 'zod';
import { type ApiRoute, apiRoutes } from './api-routes.ts';
import { componentSchemas, propertySchemas, schemaRef } from './openapi-schemas.ts';
import { problemMediaType } from './problem.ts';
import type { JsonObject } from './tidy-schema.ts';

/** An OpenAPI 3.1 document; only the parts that are always there are typed. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly JsonObject[];
  readonly security: readonly JsonObject[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: { readonly schemas: JsonObject; readonly securitySchemes: JsonObject };
}

const problemRef: JsonObject = { $ref: '#/components/schemas/Problem' };

const jsonContent = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

const pathParameters = (path: string): readonly JsonObject[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const queryParameters = (query: z.ZodObject): readonly JsonObject[] =>
  Object.entries(propertySchemas(query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
    ...(name === 'status' ? { description: 'A comma list of statuses.' } : {}),
  }));

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key with the same body starts one run, however often it is sent; kept for at least 24 hours, per caller. With another body: 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const preconditions: readonly JsonObject[] = [
  {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that must still hold, or * for anything that is there; else 412.',
    schema: { type: 'string' },
  },
  {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: '* when nothing may be there yet; else 412.',
    schema: { type: 'string' },
  },
];

const headersOf = ({ idempotent, tagged, status }: ApiRoute): JsonObject => ({
  ...(idempotent
    ? {
        ...(status === 202 ? { Location: { description: 'Where the run is.', schema: { type: 'string' } } } : {}),
        'Idempotency-Replayed': { description: '`true` when the key was known.', schema: { type: 'string' } },
      }
    : {}),
  ...(tagged ? { ETag: { description: 'Changes with every change.', schema: { type: 'string' } } } : {}),
});

const successOf = (route: ApiRoute): JsonObject => ({
  description: route.summary,
  ...(route.answer === undefined ? {} : { content: jsonContent(schemaRef(route.answer)) }),
  ...(route.media === undefined ? {} : { content: { [route.media]: { schema: { type: 'string' } } } }),
  ...(route.idempotent || route.tagged ? { headers: headersOf(route) } : {}),
});

const operationOf = (operationId: string, route: ApiRoute): JsonObject => ({
  operationId,
  summary: route.summary,
  tags: [route.tag],
  ...(route.secured ? {} : { security: [] }),
  parameters: [
    ...pathParameters(route.path),
    ...(route.query === undefined ? [] : queryParameters(route.query)),
    ...(route.idempotent ? [idempotencyKey] : []),
    ...(route.tagged && route.method !== 'get' ? preconditions : []),
  ],
  ...(route.body === undefined
    ? {}
    : {
        requestBody: {
          required: 'job' in route.body.shape || 'command' in route.body.shape,
          content: jsonContent(schemaRef(route.body)),
        },
      }),
  responses: {
    [route.status]: successOf(route),
    default: {
      description: 'What went wrong, with a stable `code`.',
      content: { [problemMediaType]: { schema: problemRef } },
    },
  },
});

const pathsOf = (routes: Readonly<Record<string, ApiRoute>>): OpenApiDocument['paths'] => {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [id, route] of Object.entries(routes))
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(id, route) };
  return paths;
};

/** The OpenAPI 3.1 document of the HTTP API, made from the route table and the zod schemas that also check the requests. */
export const openApiDocument = (version: string): OpenApiDocument => ({
  openapi: '3.1.0',
  info: {
    title: 'Drover',
    version,
    description: 'Runs jobs over fleets of cloud instances, phase by phase. Errors are RFC 9457 problems.',
  },
  servers: [{ url: '/' }],
  security: [{ bearer: [] }],
  paths: pathsOf(apiRoutes),
  components: {
    schemas: componentSchemas(),
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
  },
});
