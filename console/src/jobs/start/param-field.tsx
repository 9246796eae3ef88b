import type { Param } from '#shared/model/job.ts';
import { Choices } from '../../parts/choices.tsx';
import { type FieldProps, FormField } from '../../parts/form-field.tsx';
import { FileInput } from './file-input.tsx';
import { NodeInput } from './node-input.tsx';
import { chosenOf, emptyText, paramRule } from './param-form.ts';

interface InputProps {
  readonly name: string;
  readonly param: Param;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly field: FieldProps;
}

const Choice = ({ param, text, onText, field, options }: InputProps & { readonly options: readonly string[] }) => (
  <select {...field} value={text} onChange={({ target }) => onText(target.value)}>
    {param.default === undefined && <option value="">{param.required ? 'choose one' : 'not given'}</option>}
    {options.map((option) => (
      <option key={option} value={option}>
        {option}
      </option>
    ))}
  </select>
);

const ListInput = ({ name, param, text, onText, field }: InputProps) => {
  const { options } = param;
  if (options === undefined)
    return (
      <textarea {...field} rows={3} spellCheck={false} value={text} onChange={({ target }) => onText(target.value)} />
    );
  return (
    <Choices
      label={name}
      names={options.map(String)}
      chosen={chosenOf(text)}
      field={field}
      onChosen={(names) => onText(names.length === 0 ? emptyText(param) : names.join('\n'))}
    />
  );
};

const placeholders: Readonly<Partial<Record<Param['type'], string>>> = {
  date: '2026-12-24 or 2026-12-24T22:00:00Z',
  secret: 'ssm:/path/of/the/parameter',
  number: 'a number',
};

const TextInput = ({ param, text, onText, field }: InputProps) => (
  <input
    {...field}
    autoComplete="off"
    spellCheck={false}
    inputMode={param.type === 'number' ? 'decimal' : 'text'}
    placeholder={placeholders[param.type] ?? ''}
    value={text}
    onChange={({ target }) => onText(target.value)}
  />
);

const Input = (props: InputProps) => {
  const { param, text, onText, field } = props;
  switch (param.type) {
    case 'boolean':
      return <Choice {...props} options={['true', 'false']} />;
    case 'list':
      return <ListInput {...props} />;
    case 'json':
      return (
        <textarea {...field} rows={4} spellCheck={false} value={text} onChange={({ target }) => onText(target.value)} />
      );
    case 'file':
      return <FileInput text={text} onText={onText} field={field} />;
    case 'node':
      return <NodeInput text={text} onText={onText} field={field} />;
    default:
      return param.options === undefined ? (
        <TextInput {...props} />
      ) : (
        <Choice {...props} options={param.options.map(String)} />
      );
  }
};

const kinds: Readonly<Partial<Record<Param['type'], string>>> = {
  list: 'One item a line, or JSON.',
  json: 'JSON.',
  date: 'A date, or a time with its offset.',
  node: 'The id of a node; write a part of its name to find it.',
  file: 'Sent to the storage when it is chosen; at most 100 MiB.',
  secret:
    'A reference to where the secret is kept, such as ssm:/path. Never the secret itself: references are stored and shown.',
};

const hintOf = (param: Param): string =>
  [
    param.description ?? '',
    param.type === 'list' && param.options !== undefined ? 'One or more of them.' : (kinds[param.type] ?? ''),
    param.options === undefined ? paramRule(param) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');

/** The field of a param, by its type. */
export const ParamField = ({
  name,
  param,
  text,
  error,
  onText,
}: {
  readonly name: string;
  readonly param: Param;
  readonly text: string;
  readonly error: string | undefined;
  readonly onText: (text: string) => void;
}) => (
  <FormField
    label={<code>{name}</code>}
    hint={hintOf(param) || undefined}
    error={error}
    isRequired={param.required && param.default === undefined}
  >
    {(field) => <Input name={name} param={param} text={text} onText={onText} field={field} />}
  </FormField>
);
