import { useRef } from 'react';
import { Button } from '../../parts/button.tsx';

/** Opens a text file of this machine. */
export const OpenFile = ({ label, onText }: { readonly label: string; readonly onText: (text: string) => void }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,.json,text/*"
        aria-label={label}
        onChange={async ({ target }) => {
          const file = target.files?.[0];
          // The same file can be chosen again after it was changed.
          target.value = '';
          if (file !== undefined) onText(await file.text());
        }}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
};
