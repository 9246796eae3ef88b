import manifest from '../package.json' with { type: 'json' };

/** Version of this Drover. */
export const version: string = manifest.version;
