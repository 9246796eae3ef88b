import { AppError } from '../errors/app-error.ts';
import { parseTemplate, renderTemplate } from '../expression/template.ts';
import type { Job, ParamValues } from '../model/job.ts';
import { type TurnSettings, turnKeySchema } from '../model/lock.ts';

/**
 * Under which key a run of a job takes its turn; undefined when any number of its runs may go on at once.
 * @throws AppError `params.invalid` when the key comes out empty or too long, `expression.failed`
 */
export const turnSettingsOf = (job: Job, params: ParamValues): TurnSettings | undefined => {
  const { concurrency } = job.spec;
  if (concurrency === undefined) return undefined;
  const { policy, limit, key: text = job.metadata.name } = concurrency;
  const scope = { params, run: { id: '', attempt: 1, job: job.metadata.name }, outputs: {} };
  const key = turnKeySchema.safeParse(renderTemplate(parseTemplate(text), scope).trim());
  if (key.success) return { key: key.data, policy, limit };
  throw new AppError('params.invalid', `The concurrency key '${text}' comes out as something that is not a key`, {
    hint: 'A key has 1 to 200 characters on one line. Look at the params that it is made of.',
  });
};
