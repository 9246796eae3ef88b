import { fromEnv } from '@aws-sdk/credential-providers';

/**
 * Credentials as Lambda gives them: in the environment. The bundles have this in the place of the SDK's own chain of providers (SSO, profiles,
 * instance metadata, processes), which on Lambda ends at the environment too, and is a tenth of a bundle.
 */
export const defaultProvider = fromEnv;
