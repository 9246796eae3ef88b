import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type RunPlace, runJobQuery } from '../../api/run-detail-queries.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loading } from '../../parts/states.tsx';
import { saveFile } from '../output/download.ts';
import output from '../output/output.module.css';
import { CopyButton } from '../run-head.tsx';

type Form = 'yaml' | 'json';

const textOf = async (job: unknown, form: Form): Promise<string> => {
  if (form === 'json') return `${JSON.stringify(job, null, 2)}\n`;
  const { toYaml } = await import('#shared/format/to-yaml.ts');
  return toYaml(job);
};

const useJobText = (place: RunPlace, form: Form) => {
  const { data, error, refetch } = useQuery(runJobQuery(place));
  const text = useQuery({
    queryKey: ['run', place.runId, 'jobText', data?.digest ?? '', form],
    queryFn: () => textOf(data?.job, form),
    enabled: data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { digest: data?.digest, text: text.data, error: error ?? text.error, refetch };
};

/** The job as the run, or the attempt, ran it, with every default filled in. */
export const JobText = ({ place, name }: { readonly place: RunPlace; readonly name: string }) => {
  const [form, setForm] = useState<Form>('yaml');
  const { digest, text, error, refetch } = useJobText(place, form);
  return (
    <Panel
      title="Job"
      actions={
        <>
          {digest !== undefined && (
            <code className="dim" title={digest}>
              {digest.slice(0, 19)}
            </code>
          )}
          <select
            className={output['pick']}
            aria-label="Written as"
            value={form}
            onChange={({ target }) => setForm(target.value === 'json' ? 'json' : 'yaml')}
          >
            <option value="yaml">YAML</option>
            <option value="json">JSON</option>
          </select>
          {text !== undefined && (
            <>
              <CopyButton text={text} what="the job" />
              <button
                type="button"
                className={output['link']}
                onClick={() => saveFile(new Blob([text]), `${name}.${form}`)}
              >
                Download
              </button>
            </>
          )}
        </>
      }
    >
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {text === undefined && error === null && <Loading what="the job" />}
      {text !== undefined && <pre className={output['text']}>{text}</pre>}
    </Panel>
  );
};
