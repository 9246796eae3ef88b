/** Namespace of the metrics in CloudWatch. */
export const metricsNamespace = 'Drover';
