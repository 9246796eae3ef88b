import { useMemo } from 'react';
import { toYaml } from '#shared/format/to-yaml.ts';
import { CodeView } from '../parts/code-view.tsx';

/** A document as YAML. This module carries the YAML writer with it. */
export const Definition = ({ document, label }: { readonly document: unknown; readonly label: string }) => {
  const text = useMemo(() => toYaml(document), [document]);
  return <CodeView text={text} label={label} />;
};
