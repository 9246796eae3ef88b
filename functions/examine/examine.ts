import type { Check, ExaminationView } from '#shared/contract/meta-views.ts';
import { AppError, toAppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import type { Examination, Probe } from '#shared/ports/examination.ts';

/** What an examination needs. */
export interface ExamineDeps {
  readonly examination: Examination;
}

/** Patience with one probe. All look at once, and API Gateway gives up after 30 seconds. */
const patienceMs = 10_000;

/** Codes by which services refuse what would be done with the right name or right. */
const refusals: ReadonlySet<ErrorCode> = new Set(['config.invalid', 'agent.refused', 'blob.not-found']);

/** What was thrown, and what to do: where it was refused the probe knows, else whoever threw. */
const problemOf = ({ check, needs }: Probe, thrown: unknown): Check => {
  const { code, message, hint } = toAppError(thrown);
  const advice = refusals.has(code) ? needs : (hint ?? needs);
  return { check, status: 'problem', says: `${code}: ${message}`, advice };
};

const late = ({ check }: Probe): Check => ({
  check,
  status: 'problem',
  says: `There was no answer within ${patienceMs / 1000} s`,
  advice: 'Try again. If it stays, look at the network path from the function to the service, and at its status page.',
});

const lookAt = async (probe: Probe, sleep: Examination['sleep']): Promise<Check> => {
  const waiting = new AbortController();
  // A call of its own, so that a probe that throws at once is told like one that rejects.
  const looked = (async () => ({ check: probe.check, ...(await probe.look()) }))().catch((thrown: unknown) =>
    problemOf(probe, thrown),
  );
  const tooLate = sleep(patienceMs, waiting.signal).then(
    () => late(probe),
    () => looked,
  );
  try {
    return await Promise.race([looked, tooLate]);
  } finally {
    waiting.abort();
  }
};

/**
 * Looks at everything that the deployment stands on, all at once. Nothing that goes wrong with one check keeps the others from being told.
 * @throws AppError `route.not-found` where nothing is looked at
 */
export const examine =
  ({ examination: { probes, sleep } }: ExamineDeps) =>
  async (): Promise<ExaminationView> => {
    if (probes.length === 0)
      throw new AppError('route.not-found', 'This function does not examine the deployment', {
        hint: 'The gateway is to send GET /v1/examination to the function Examine: deploy again.',
      });
    return { checks: await Promise.all(probes.map((probe) => lookAt(probe, sleep))) };
  };
