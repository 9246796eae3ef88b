import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useApi } from '../../api/api-context.ts';
import type { FieldProps } from '../../parts/form-field.tsx';
import { useQuiet } from '../../parts/quiet.ts';

const offered = 20;

/** Nodes whose name or id has this part. */
const condition = (part: string): string =>
  `node.name.contains(${JSON.stringify(part)}) || node.id.contains(${JSON.stringify(part)})`;

/** The id of a node; nodes are offered by what is written of their names. */
export const NodeInput = ({
  text,
  onText,
  field,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly field: FieldProps;
}) => {
  const { client } = useApi();
  const list = useId();
  const part = useQuiet(text.trim(), 250);
  const { data } = useQuery({
    queryKey: ['nodes-like', part],
    queryFn: () => client.listNodes({ limit: offered, ...(part === '' ? {} : { where: condition(part) }) }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  return (
    <>
      <input
        {...field}
        list={list}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => onText(target.value)}
      />
      <datalist id={list}>
        {data?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
};
