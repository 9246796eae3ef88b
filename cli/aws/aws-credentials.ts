import type { CliHost } from '../host.ts';

/** Credentials of a profile, or of the default chain. The provider keeps what it found, and looks again shortly before that expires. */
export const awsCredentials: CliHost['awsCredentials'] = (profile) => {
  let provider: ReturnType<CliHost['awsCredentials']> | undefined;
  return async () => {
    if (provider === undefined) {
      const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
      provider = fromNodeProviderChain(profile === undefined ? {} : { profile });
    }
    return provider();
  };
};
