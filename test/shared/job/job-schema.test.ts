import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobLevels } from '#shared/job/job-levels.ts';
import { jobJsonSchema } from '#shared/job/job-schema.ts';

const text = JSON.stringify(jobJsonSchema());

describe('jobJsonSchema', () => {
  it('is what docs/job.schema.json holds', () => {
    const file: unknown = JSON.parse(readFileSync('docs/job.schema.json', 'utf8'));
    expect(file, "docs/job.schema.json is out of date: run 'npm run schema'").toEqual(jobJsonSchema());
  });

  it('is draft-07 of the job as its author writes it', () => {
    expect(jobJsonSchema()).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      additionalProperties: false,
      properties: {
        spec: { required: ['groups'], properties: { groups: { items: { required: ['name', 'phases'] } } } },
      },
    });
  });

  it.each(jobLevels.map((level) => [level.title, level] as const))('knows every key of %s', (_title, level) => {
    expect(Object.keys(level.keys).sort()).toEqual(Object.keys(level.schema.shape).sort());
  });

  it('describes each key in its own place', () => {
    const phase = {
      properties: { name: { description: 'Name of the phase, unique in the job.' }, on: { default: 'target' } },
    };
    const group = {
      properties: { name: { description: 'Name of the group, unique in the job.' }, phases: { items: phase } },
    };
    expect(jobJsonSchema()).toMatchObject({
      properties: {
        metadata: { properties: { name: { description: 'Name of the job.' } } },
        spec: { properties: { groups: { items: group } } },
      },
    });
    for (const level of jobLevels)
      for (const description of Object.values(level.keys)) expect(text).toContain(JSON.stringify(description));
    expect(text).not.toContain('x-level');
  });
});
