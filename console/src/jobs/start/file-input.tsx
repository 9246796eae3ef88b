import { useMutation } from '@tanstack/react-query';
import { readFileValue } from '#shared/files/file-value.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import type { FieldProps } from '../../parts/field.tsx';
import { uploadFile } from './upload-file.ts';

/** Chooses a file and uploads it; the value is that of the uploaded file. */
export const FileInput = ({
  text,
  onText,
  field,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly field: FieldProps;
}) => {
  const { client } = useApi();
  const upload = useMutation({
    mutationFn: (file: File) => uploadFile(client, file),
    onSuccess: onText,
  });
  const file = readFileValue(text);
  return (
    <>
      <input
        {...field}
        type="file"
        disabled={upload.isPending}
        onChange={({ target }) => {
          const chosen = target.files?.[0];
          onText('');
          if (chosen !== undefined) upload.mutate(chosen);
        }}
      />
      {upload.isPending && <p role="status">{`Sending ${upload.variables.name}…`}</p>}
      {upload.error !== null && <Failure error={upload.error} onRetry={() => upload.mutate(upload.variables)} />}
      {file !== undefined && (
        <p role="status">
          {`${file.name} is there `}
          <code className="dim">{`sha256:${file.sha256.slice(0, 12)}`}</code>{' '}
          <Button onClick={() => onText('')}>Leave it out</Button>
        </p>
      )}
    </>
  );
};
