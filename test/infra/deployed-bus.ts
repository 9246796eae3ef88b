/** A rule of EventBridge as the template has it, as far as Drover's rules go: lists of values, and an input made of paths. */
export interface DeployedRule {
  readonly pattern: Pattern;
  readonly targets: readonly DeployedTarget[];
}

type Pattern = { readonly [key: string]: readonly unknown[] | Pattern };

interface DeployedTarget {
  /** Logical id of the function. */
  readonly functionId: string;
  readonly input?: { readonly paths: Readonly<Record<string, string>>; readonly template: string };
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** True when an event fits a pattern. */
export const fits = (pattern: Pattern, event: unknown): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    const found = fieldOf(event, key);
    return Array.isArray(wanted) ? wanted.includes(found) : fits(wanted as Pattern, found);
  });

const valueAt = (event: unknown, path: string): unknown => path.split('.').slice(1).reduce<unknown>(fieldOf, event);

/** What a target gets of an event. */
export const inputOf = ({ input }: DeployedTarget, event: unknown): unknown => {
  if (input === undefined) return event;
  const text = input.template.replace(/<([\w-]+)>/g, (_, name: string) =>
    JSON.stringify(valueAt(event, input.paths[name] ?? '') ?? ''),
  );
  return JSON.parse(text);
};
