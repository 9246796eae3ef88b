import { psLiteral } from './ps-literal.ts';
import { formFields } from './upload-key.ts';
import type { UploadInput } from './wrapper-input.ts';

/** Values of the placeholders in the text of ps-upload.ts. */
export const psUploadValues = (upload: UploadInput | undefined): Readonly<Record<string, string>> => {
  if (upload === undefined) return {};
  const { url, policy, keyPrefix } = upload.form;
  const { long, short } = formFields(upload.form);
  const fields = short.map(([name, value]) => `dp '${name}' ${psLiteral(value)}`);
  const pieces = long === undefined ? [policy] : policy.split(long[1]);
  return {
    URL: psLiteral(url),
    PREFIX: psLiteral(keyPrefix),
    FIELDS: [...fields, ...(long === undefined ? [] : [`dp '${long[0]}' $dg`])].join('\n'),
    LONG: psLiteral(long?.[1] ?? ''),
    POLICY: pieces.map(psLiteral).join('+$dg+'),
    UPLOADSECONDS: String(upload.seconds),
  };
};
