import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import type { Json } from '../expression/cel-values.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import type { Job, Param, ParamValues } from '../model/job.ts';
import { maxPlaces, pointerOf } from './finding.ts';
import { readParamValue } from './param-value.ts';

const unknownParams = (declared: readonly string[], given: ParamValues): readonly ErrorPlace[] =>
  Object.keys(given)
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      path: pointerOf([name]),
      message: `the job has no param '${name}'`,
      suggestion:
        didYouMean(name, declared) ??
        (declared.length === 0 ? 'It takes no params.' : `Its params are ${declared.join(', ')}.`),
    }));

type Resolved = { readonly value: Json | undefined } | { readonly place: ErrorPlace };

const resolveParam = (name: string, param: Param, given: ParamValues): Resolved => {
  const path = pointerOf([name]);
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== undefined) {
    const reading = readParamValue(param, value);
    if ('value' in reading) return reading;
    return { place: { path, ...reading, message: `param '${name}': ${reading.message}` } };
  }
  if (param.default === undefined && param.required)
    return { place: { path, message: `param '${name}' is required`, ...describedAs(param) } };
  return { value: param.default };
};

const describedAs = ({ description }: Param): { readonly suggestion?: string } =>
  description === undefined ? {} : { suggestion: description };

/**
 * The values of a run's params: what was given, converted to its type where it came as text, else the defaults. A param with neither is
 * absent.
 * @throws AppError `params.invalid` with one place for each param that is wrong, missing or unknown (at most 50); `path` is a JSON Pointer (`/version`).
 */
export const resolveParams = (job: Job, given: ParamValues): ParamValues => {
  const wrong: ErrorPlace[] = [];
  const values: [string, Json][] = [];
  for (const [name, param] of Object.entries(job.spec.params)) {
    const resolved = resolveParam(name, param, given);
    if ('place' in resolved) wrong.push(resolved.place);
    else if (resolved.value !== undefined) values.push([name, resolved.value]);
  }
  const places = [...wrong, ...unknownParams(Object.keys(job.spec.params), given)];
  if (places.length === 0) return Object.fromEntries(values);
  const [first] = places;
  const message = places.length === 1 ? first?.message : `${places.length} params are wrong`;
  throw new AppError('params.invalid', `Job '${job.metadata.name}': ${message}`, {
    hint: first?.suggestion ?? 'The job file says what its params take under spec.params.',
    places: places.slice(0, maxPlaces),
  });
};
