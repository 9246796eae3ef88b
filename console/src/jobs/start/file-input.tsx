import { useMutation } from '@tanstack/react-query';
import { readFileValue } from '#shared/files/file-value.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import type { FieldProps } from '../../parts/form-field.tsx';
import { fileStates } from './param-form.ts';
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
    onMutate: () => onText(fileStates.sending),
    onSuccess: onText,
    onError: () => onText(fileStates.notSent),
  });
  const file = readFileValue(text);
  const leaveOut = (): void => {
    upload.reset();
    onText('');
  };
  return (
    <>
      <input
        {...field}
        type="file"
        disabled={upload.isPending}
        onChange={({ target }) => {
          const chosen = target.files?.[0];
          if (chosen === undefined) leaveOut();
          else upload.mutate(chosen);
        }}
      />
      {upload.isPending && <p role="status">{`Sending ${upload.variables.name}…`}</p>}
      {upload.error !== null && <Failure error={upload.error} onRetry={() => upload.mutate(upload.variables)} />}
      {file !== undefined && (
        <p role="status">
          {`${file.name} is there `}
          <code className="dim">{`sha256:${file.sha256.slice(0, 12)}`}</code>
        </p>
      )}
      {text !== '' && !upload.isPending && (
        <div>
          <Button onClick={leaveOut}>Leave it out</Button>
        </div>
      )}
    </>
  );
};
