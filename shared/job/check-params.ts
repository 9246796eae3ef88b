import type { Job, Param } from '../model/job.ts';
import { compileRegex } from '../model/job-values.ts';
import type { Finding, Path } from './finding.ts';
import { checkParamDefault } from './param-value.ts';

const sized: ReadonlySet<Param['type']> = new Set(['number', 'string', 'list']);

const uselessKey = (path: Path, key: string, param: Param, types: string): Finding => ({
  path: [...path, key],
  message: `'${key}' means nothing for a ${param.type}; it is for ${types}`,
  atKey: true,
});

const checkRules = (path: Path, param: Param): readonly Finding[] => {
  const findings: Finding[] = [];
  if (param.type === 'enum' && param.options === undefined)
    findings.push({ path, message: "an enum needs 'options', the values to choose from" });
  if (param.options !== undefined && ['boolean', 'json', 'secret'].includes(param.type))
    findings.push(uselessKey(path, 'options', param, 'enum, string, number and list'));
  if (param.pattern !== undefined && param.type !== 'string')
    findings.push(uselessKey(path, 'pattern', param, 'string'));
  else if (param.pattern !== undefined && compileRegex(param.pattern) === undefined)
    findings.push({ path: [...path, 'pattern'], message: 'is not a regular expression' });
  for (const key of ['min', 'max'] as const)
    if (param[key] !== undefined && !sized.has(param.type))
      findings.push(uselessKey(path, key, param, 'number, string and list'));
  if (param.min !== undefined && param.max !== undefined && param.min > param.max)
    findings.push({ path: [...path, 'max'], message: `must not be less than min, ${param.min}` });
  return findings;
};

/** Checks that the rules of a param fit its type, and its default them. */
export const checkParam = (path: Path, param: Param): readonly Finding[] => {
  const rules = checkRules(path, param);
  if (param.default === undefined || rules.length > 0) return rules;
  const reading = checkParamDefault(param, param.default);
  return 'value' in reading ? [] : [{ path: [...path, 'default'], ...reading }];
};

/** Checks that the rules of every param fit its type, and its default them. */
export const checkParams = (job: Job): readonly Finding[] =>
  Object.entries(job.spec.params).flatMap(([name, param]) => checkParam(['spec', 'params', name], param));
