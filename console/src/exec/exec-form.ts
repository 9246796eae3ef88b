import { execJob } from '#shared/job/exec-job.ts';
import { amountSchema, durationSchema, type Interpreter, type Job, type Targets } from '#shared/model/job.ts';

/** What a person says of a command for many nodes, as it is typed. */
export interface ExecForm {
  readonly script: string;
  readonly interpreter: Interpreter;
  /** Name of a target set; empty for none. */
  readonly set: string;
  /** A CEL condition over `node`; empty for none. */
  readonly where: string;
  readonly runAs: string;
  /** For one node, as `30s`. */
  readonly timeout: string;
  /** How many nodes at once: a number or a percentage; empty for all. */
  readonly atOnce: string;
  /** How many failures are borne: a number or a percentage. */
  readonly maxFailures: string;
}

/** A form in which nothing is said. As on the command line, failures of some nodes keep none of the others from theirs. */
export const emptyExecForm: ExecForm = {
  script: '',
  interpreter: 'sh',
  set: '',
  where: '',
  runAs: '',
  timeout: '',
  atOnce: '',
  maxFailures: '100%',
};

/** What is wrong, by field. */
export type ExecProblems = Readonly<Partial<Record<keyof ExecForm, string>>>;

const amountOf = (text: string): unknown => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

const amountProblem = (text: string): string | undefined =>
  amountSchema.safeParse(amountOf(text)).success ? undefined : 'a number of nodes, or a percentage such as 25%';

/** What has to be mended before the form means a job. */
export const problemsOf = ({ script, set, where, timeout, atOnce, maxFailures }: ExecForm): ExecProblems => {
  const problems = {
    script: script.trim() === '' ? 'What is to be run?' : undefined,
    where:
      set === '' && where.trim() === ''
        ? 'On which nodes? Choose a target set, or write a condition; true is all nodes'
        : undefined,
    timeout:
      timeout.trim() === '' || durationSchema.safeParse(timeout.trim()).success
        ? undefined
        : 'a duration such as 30s or 10m',
    atOnce: atOnce.trim() === '' ? undefined : amountProblem(atOnce),
    maxFailures: amountProblem(maxFailures),
  };
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined));
};

const targetsOf = ({ set, where }: ExecForm): Targets => ({
  ...(set === '' ? {} : { set }),
  ...(where.trim() === '' ? {} : { where: where.trim() }),
});

/** Text that was typed; undefined where there is none. */
const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** The job that a form without problems means. */
export const jobOfForm = (form: ExecForm): Job =>
  execJob({
    words: [form.script],
    interpreter: form.interpreter,
    targets: targetsOf(form),
    maxFailures: amountSchema.parse(amountOf(form.maxFailures)),
    ...(form.atOnce.trim() === '' ? {} : { maxConcurrency: amountSchema.parse(amountOf(form.atOnce)) }),
    timeout: given(form.timeout),
    runAs: given(form.runAs),
  });
