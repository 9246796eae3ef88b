import { writeFileSync } from 'node:fs';
import { jobJsonSchema } from '../shared/job/job-schema.ts';
import { commandJsonSchema } from '../shared/library/command-document.ts';

// Writes the JSON Schemas of job files and command files, for editors: `npm run schema`.
const write = (fileName: string, schema: object): void =>
  writeFileSync(new URL(fileName, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);

write('job.schema.json', jobJsonSchema());
write('command.schema.json', commandJsonSchema());
