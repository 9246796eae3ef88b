import { Metrics as EmfMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { metricsNamespace } from '#shared/config/metrics.ts';
import type { Metrics } from '#shared/ports/services.ts';

/**
 * Metrics as lines of the embedded metric format on standard output: CloudWatch takes them out of the log, so that no call is made and nothing
 * waits. Each has the dimension `deployment`.
 */
export const createEmfMetrics = (deployment: string): Metrics => {
  const emf = new EmfMetrics({ namespace: metricsNamespace, defaultDimensions: { deployment }, serviceName: 'drover' });
  return {
    put: ({ name, unit, value, dimensions }) => {
      const one = emf.singleMetric();
      for (const [key, text] of Object.entries(dimensions)) one.addDimension(key, text);
      one.addMetric(name, MetricUnit[unit], value);
    },
  };
};
