/** Tools of the old engine that Drover does itself. */
export const nativeTools = [
  'if-block',
  'echo',
  'setenv',
  'failjob',
  'failkeys',
  'extractoutval',
  'getvalfromjson',
  'getvalfromtxt',
  'maintainwindow',
  'sleep',
  'aggoutput',
  'concatoutput',
  'convout2local',
  'interact',
  'continue',
] as const;
export type NativeTool = (typeof nativeTools)[number];

/** Bundles that these tools came in; a tool of another bundle with such a name is a script. */
const bundles = new Set(['native', 'basic', 'interact']);

/** The tool of an operation's name (`native/setenv`); undefined for scripts and for tools that Drover has no counterpart of. */
export const nativeTool = (opName: string | undefined, opType: string | undefined): NativeTool | undefined => {
  const parts = (opName ?? '').toLowerCase().split('/');
  const isBundled = parts.length > 1 ? bundles.has(parts.at(-2) ?? '') : opType === 'native';
  return isBundled ? nativeTools.find((tool) => tool === parts.at(-1)) : undefined;
};

/** What the outputs of these tools are called now. */
const outputNames: Readonly<Partial<Record<NativeTool, Readonly<Record<string, string>>>>> = {
  extractoutval: { extractTxtVal: 'result' },
  getvalfromjson: { extractTxtVal: 'result' },
  getvalfromtxt: { extractTxtVal: 'result' },
  aggoutput: { aggData: 'result' },
  concatoutput: { aggTxtData: 'result', aggJsonData: 'result' },
  interact: { interactOut: 'answer' },
  continue: { interactOut: 'answer' },
};

/** The new name of a tool's output; undefined when it has none of that name. */
export const nativeOutput = (tool: NativeTool, name: string): string | undefined =>
  tool === 'convout2local' ? 'result' : outputNames[tool]?.[name];
