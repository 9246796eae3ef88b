import { writeFileSync } from 'node:fs';
import { jobJsonSchema } from '../shared/job/job-schema.ts';

// Writes the JSON Schema of job files, for editors: `npm run schema`.
writeFileSync(new URL('job.schema.json', import.meta.url), `${JSON.stringify(jobJsonSchema(), null, 2)}\n`);
