import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Loading } from '../../parts/states.tsx';
import { keepDraft, readDraft } from '../draft.ts';
import { jobPath } from '../job-path.ts';
import { Editor } from './editor.tsx';

const note = 'Comments of the text are not kept: what is stored is what it says.';

const NewJob = () => {
  const [turn, setTurn] = useState(0);
  return (
    <>
      <PageHead
        title="New job"
        facts={note}
        actions={
          <Button
            onClick={() => {
              keepDraft('');
              setTurn(turn + 1);
            }}
          >
            Empty
          </Button>
        }
      />
      <Editor key={turn} first={readDraft()} draft="" />
    </>
  );
};

/** A text that goes on from a stored revision; what was written before is taken up again, until it is given up. */
const EditedText = (props: {
  readonly name: string;
  readonly revision: number;
  readonly etag: string;
  readonly text: string;
}) => {
  const { name, revision, etag, text } = props;
  const draft = `${name}@${revision}`;
  const [turn, setTurn] = useState(0);
  return (
    <>
      <PageHead
        title={
          <>
            Change <Link to={jobPath(name)}>{name}</Link>
          </>
        }
        facts={`From revision ${revision}. ${note}`}
        actions={
          <Button
            onClick={() => {
              keepDraft('', draft);
              setTurn(turn + 1);
            }}
          >
            Back to what is stored
          </Button>
        }
      />
      <Editor key={turn} first={readDraft(draft) || text} draft={draft} edited={{ name, etag }} />
    </>
  );
};

const EditJob = ({ name }: { readonly name: string }) => {
  const { client } = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['job-text', name],
    queryFn: async () => {
      const [{ view, etag }, { toYaml }] = await Promise.all([
        client.viewJob(name),
        import('#shared/format/to-yaml.ts'),
      ]);
      return { text: toYaml(view.job), etag, revision: view.revision };
    },
    // What is being written goes on from this revision, whatever is stored meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return data === undefined ? <Loading what={`job ${name}`} /> : <EditedText key={data.etag} name={name} {...data} />;
};

/** Writes a new job, or changes a stored one (`?edit=NAME`). */
export const EditorScreen = () => {
  const [search] = useSearchParams();
  const name = search.get('edit');
  return name === null ? <NewJob /> : <EditJob key={name} name={name} />;
};
