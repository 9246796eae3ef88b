import type { JobInput } from '#shared/model/job.ts';
import type { UnsupportedThing } from './findings.ts';
import type { OldOperation } from './old-flow.ts';
import { isEmptyValue, valueText } from './source-text.ts';
import type { SourcePlace } from './source-value.ts';
import { type ReferenceScope, toTemplate } from './to-template.ts';

type OperationInput = JobInput['spec']['groups'][number]['phases'][number]['operations'][number];

/** What a tool of the old engine becomes, beside its id; undefined, and reported, when it cannot be carried over. */
export type NativeAction = Partial<OperationInput> | undefined;

/** Reports what cannot be carried over. */
export const refuse = (scope: ReferenceScope, place: SourcePlace, thing: UnsupportedThing): undefined => {
  scope.findings.unsupported(place, thing);
  return undefined;
};

/** The text of an option; empty when there is none. */
export const textOf = (scope: ReferenceScope, key: string): string => scope.operation.fields.option(key) ?? '';

/** Where an option stands. */
export const placeOf = ({ operation: { fields } }: ReferenceScope, key: string): SourcePlace =>
  fields.object('opt').get(key)?.place ?? fields.at('opt');

/** An option with its references carried over. */
export const templateOf = (scope: ReferenceScope, key: string): string =>
  toTemplate(textOf(scope, key), placeOf(scope, key), scope);

/** The free arguments, as they are written. */
export const freeArguments = ({
  fields,
}: OldOperation): readonly { readonly text: string; readonly place: SourcePlace }[] =>
  fields.list('arg').flatMap((item) => {
    const value = item.kind === 'map' ? item.entries.get('value') : item;
    return value === undefined || isEmptyValue(value) ? [] : [{ text: valueText(value), place: value.place }];
  });

/** The free arguments in one text, with their references carried over. */
export const joined = (scope: ReferenceScope): string =>
  freeArguments(scope.operation)
    .map(({ text, place }) => toTemplate(text, place, scope))
    .join(' ');
