/** What stands between a caller and what it calls. */
export interface Passage {
  /** A call that answers with a promise. */
  readonly call: (name: string, run: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;
  /** A call of which it is not known yet whether it answers with a promise. Absent where all do. */
  readonly first?: (name: string, run: () => unknown) => unknown;
  /** True when nothing may be called any more. */
  readonly isClosed: () => boolean;
}

/**
 * Which methods answer with promises, by name, as it turned out when they were called first. The others (a clock, a log) are no calls of
 * anything outside; they are let through.
 */
const answersLater = new Map<string, boolean>();

const isThenable = (value: unknown): value is Promise<unknown> => value instanceof Promise;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const hasMethods = (value: unknown): value is object =>
  isObject(value) && !Array.isArray(value) && Object.values(value).some((one) => typeof one === 'function');

const nameOf = (prefix: string, key: string): string => (prefix === '' ? key : `${prefix}.${key}`);

const watchedMethod =
  (name: string, method: (...args: unknown[]) => unknown, passage: Passage) =>
  (...args: unknown[]): unknown => {
    const later = passage.first === undefined || answersLater.get(name);
    // A method may throw before it promises anything, hence `async`.
    if (later === true) return passage.call(name, async () => method(...args), args);
    if (later === false) return method(...args);
    if (passage.isClosed()) return new Promise(() => undefined);
    const answer = passage.first?.(name, () => method(...args));
    answersLater.set(name, isThenable(answer));
    return answer;
  };

/**
 * An object whose methods go through a passage, named `prefix.method`; objects with methods inside of it likewise. Nothing here knows what
 * the methods are: a new port, or a new method of one, is watched as soon as it is there.
 */
export const watchedObject = <T extends object>(prefix: string, target: T, passage: Passage): T =>
  new Proxy(target, {
    get: (object, key) => {
      const value: unknown = Reflect.get(object, key);
      if (typeof key !== 'string') return value;
      if (typeof value === 'function')
        return watchedMethod(nameOf(prefix, key), (...args) => Reflect.apply(value, object, args), passage);
      return hasMethods(value) ? watchedObject(nameOf(prefix, key), value, passage) : value;
    },
  });

/** The part of an AWS client through which every try of every call leaves. */
interface Sending {
  readonly handle: (
    request: { readonly headers: Readonly<Record<string, string>> },
    options?: object,
  ) => Promise<unknown>;
}

interface AwsClient {
  readonly config: object;
}

const isSending = (value: unknown): value is Sending =>
  isObject(value) && typeof Reflect.get(value, 'handle') === 'function';

const watchedClients = new WeakSet<object>();

/** An AWS client whose requests go through a passage, named `family.Action`. The client is changed, once. */
export const watchedClient = <T extends AwsClient>(family: string, client: T, passage: Passage): T => {
  if (watchedClients.has(client)) return client;
  watchedClients.add(client);
  const sending: unknown = Reflect.get(client.config, 'requestHandler');
  if (!isSending(sending)) throw new Error(`The client of ${family} has no request handler`);
  const handle: Sending['handle'] = (request, options) => {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? 'request';
    return passage.call(`${family}.${action}`, () => sending.handle(request, options), []);
  };
  Reflect.set(
    client.config,
    'requestHandler',
    new Proxy(sending, { get: (object, key) => (key === 'handle' ? handle : Reflect.get(object, key)) }),
  );
  return client;
};
