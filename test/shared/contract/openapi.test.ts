import { describe, expect, test } from 'vitest';
import { createApp } from '#functions/api/app.ts';
import { apiRoutes } from '#shared/contract/api-routes.ts';
import { openApiDocument } from '#shared/contract/openapi.ts';
import { makeLog, makeServices } from '#test/functions/api/hand-made-services.ts';

const document = openApiDocument('1.2.3');

const visit = (value: unknown, see: (object: Record<string, unknown>) => void): void => {
  if (Array.isArray(value)) for (const one of value) visit(one, see);
  else if (typeof value === 'object' && value !== null) {
    see(value as Record<string, unknown>);
    for (const one of Object.values(value)) visit(one, see);
  }
};

describe('the OpenAPI document', () => {
  test('covers every route of the app, and no other', () => {
    const { services } = makeServices();
    const app = createApp({
      services,
      authorize: () => 'ada',
      version: '1',
      log: makeLog().log,
      newRequestId: () => 'r',
    });
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path.replace('{.+}', '').replaceAll(/:(\w+)/g, '{$1}')}`);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(new Set(described)).toEqual(new Set(served));
  });

  test('has the frame of OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Drover', version: '1.2.3' });
    expect(document.components.securitySchemes).toEqual({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  test('every operation has a unique id, a success and an error answer, and declares its path parameters', () => {
    const ids: unknown[] = [];
    for (const [path, methods] of Object.entries(document.paths))
      for (const operation of Object.values(methods)) {
        ids.push(operation['operationId']);
        const responses = operation['responses'] as Record<string, unknown>;
        expect(Object.keys(responses)).toEqual([expect.stringMatching(/^20[02]$/), 'default']);
        const declared = (operation['parameters'] as { in: string; name: string }[]).filter((one) => one.in === 'path');
        expect(declared.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    expect(new Set(ids)).toEqual(new Set(Object.keys(apiRoutes)));
    expect(ids).toHaveLength(Object.keys(apiRoutes).length);
  });

  test('every reference leads to a schema of the document', () => {
    const refs = new Set<string>();
    visit(document, (object) => {
      if (typeof object['$ref'] === 'string') refs.add(object['$ref']);
    });
    expect(refs.size).toBeGreaterThan(8);
    for (const ref of refs) {
      const name = ref.match(/^#\/components\/schemas\/(\w+)$/)?.[1];
      expect(document.components.schemas, ref).toHaveProperty(name ?? 'nothing');
    }
  });

  test('every component is used or describes a body, and has a type', () => {
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect(schema, name).toHaveProperty('type', 'object');
  });

  test('no key of the generator is left', () => {
    visit(document, (object) => {
      expect(object).not.toHaveProperty('$schema');
      expect(object).not.toHaveProperty('$id');
    });
    expect(JSON.stringify(document)).not.toContain('__shared');
  });

  test('a request refuses unknown keys and does not ask for what has a default; an answer promises what it always has', () => {
    const schemas = document.components.schemas as Record<
      string,
      { additionalProperties?: boolean; required: string[] }
    >;
    expect(schemas['RunRequest']).toMatchObject({ additionalProperties: false, required: ['job'] });
    expect(schemas['RunView']?.required).toEqual(expect.arrayContaining(['runId', 'status', 'groups', 'params']));
    expect(schemas['InventoryNode']?.required).toContain('tags');
  });

  test('lists say their query', () => {
    const operation = document.paths['/v1/runs/{runId}/results']?.['get'] as {
      parameters: { in: string; name: string }[];
    };
    const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const filters = ['attempt', 'node', 'operation', 'phase', 'since', 'status', 'tries'];
    expect(names.toSorted()).toEqual([...filters, 'cursor', 'limit'].toSorted());
  });

  test('starting a run takes an idempotency key', () => {
    const operation = document.paths['/v1/runs']?.['post'];
    expect(operation?.['parameters']).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Idempotency-Key' }),
    );
  });
});
