/** What the table's process needs of the environment: where compiled modules are kept. Nothing else of the user's is meant for it. */
export const tableEnv = (): Readonly<Record<string, string>> => {
  const cache = process.env['NODE_COMPILE_CACHE'];
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
};
