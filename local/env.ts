/** The environment of the process that runs the local cloud. */
export const serverEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
