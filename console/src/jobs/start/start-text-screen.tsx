import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Failure } from '../../parts/failure.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Empty } from '../../parts/states.tsx';
import { readDraft } from '../draft.ts';
import { asStored, checkText } from '../editor/check-text.ts';
import { Starter } from './starter.tsx';

/** Where the text of a draft is written. */
const editorPath = (draft: string): string => {
  const name = draft.replace(/@\d+$/, '');
  return name === '' ? '/jobs/new' : `/jobs/new?edit=${encodeURIComponent(name)}`;
};

/** Starts the text of the editor without saving it. */
export const StartTextScreen = () => {
  const [search] = useSearchParams();
  const draft = search.get('draft') ?? '';
  const check = useMemo(() => checkText(readDraft(draft)), [draft]);
  const reference = useMemo(() => (check.state === 'good' ? asStored(check.job) : undefined), [check]);
  if (check.state === 'wrong') return <Failure error={check.error} />;
  if (check.state === 'empty')
    return (
      <Empty>
        There is no text to start. <Link to={editorPath(draft)}>Write one</Link>
      </Empty>
    );
  return (
    <>
      <PageHead
        title={`Start ${check.job.metadata.name}`}
        facts={
          <>
            <span>The text of the editor, not what is stored.</span>
            <Link to={editorPath(draft)}>Back to the text</Link>
          </>
        }
      />
      <Starter job={check.job} reference={reference} />
    </>
  );
};
