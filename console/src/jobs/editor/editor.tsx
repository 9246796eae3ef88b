import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Preconditions } from '#shared/contract/library-requests.ts';
import { type ErrorPlace, isAppError } from '#shared/errors/app-error.ts';
import type { Job } from '#shared/model/job.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { keepDraft } from '../draft.ts';
import { jobPath } from '../job-path.ts';
import { Conflict } from './conflict.tsx';
import styles from './editor.module.css';
import { Findings } from './findings.tsx';
import { lineMarks, offsetAt } from './line-marks.ts';
import { OpenFile } from './open-file.tsx';
import { TextEditor } from './text-editor.tsx';
import { useCheckedText } from './use-checked-text.ts';

/** The stored revision that a text goes on from. */
export interface EditedJob {
  readonly name: string;
  readonly etag: string;
}

/** What must hold for a job to be saved: it goes on from what was opened, else there is none of its name. */
const conditionsOf = (job: Job, edited: EditedJob | undefined): Preconditions =>
  edited?.name === job.metadata.name ? { ifMatch: edited.etag } : { ifNoneMatch: '*' };

const useSave = (onSaved: () => void) => {
  const { client } = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ job, comment, on }: { job: Job; comment: string; on: Preconditions }) => {
      const { asStored } = await import('./check-text.ts');
      const said = comment.trim() === '' ? {} : { comment: comment.trim() };
      return client.applyJob(job.metadata.name, { job: asStored(job), ...said }, on);
    },
    onSuccess: async ({ view }) => {
      onSaved();
      await Promise.all(
        [['jobs'], ['job', view.name], ['job-changes', view.name]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
      await navigate(jobPath(view.name));
    },
  });
};

const SaveBar = ({
  job,
  isSaving,
  onSave,
}: {
  readonly job: Job | undefined;
  readonly isSaving: boolean;
  readonly onSave: (job: Job, comment: string) => void;
}) => {
  const [comment, setComment] = useState('');
  return (
    <form
      className={styles['save']}
      onSubmit={(event) => {
        event.preventDefault();
        if (job !== undefined && !isSaving) onSave(job, comment);
      }}
    >
      <input
        aria-label="Comment"
        placeholder="Why, for the history (optional)"
        maxLength={1024}
        value={comment}
        onChange={({ target }) => setComment(target.value)}
      />
      <Button kind="primary" type="submit" disabled={job === undefined || isSaving}>
        {isSaving ? 'Saving…' : 'Save'}
      </Button>
    </form>
  );
};

/** Writes a job, checks it meanwhile, and saves it. What is written is kept as the draft of that name. */
export const Editor = ({
  first,
  edited,
  draft,
}: {
  readonly first: string;
  readonly edited?: EditedJob | undefined;
  readonly draft: string;
}) => {
  const [text, setText] = useState(first);
  const navigate = useNavigate();
  const area = useRef<HTMLTextAreaElement>(null);
  const check = useCheckedText(text);
  const save = useSave(() => keepDraft('', draft));
  const job = check?.state === 'good' ? check.job : undefined;
  const marks = useMemo(() => (check?.state === 'wrong' ? lineMarks(check.error.places) : []), [check]);
  const change = (next: string): void => {
    setText(next);
    keepDraft(next, draft);
    save.reset();
  };
  const jump = ({ line = 1, column = 1 }: ErrorPlace): void => {
    const at = offsetAt(text, line, column);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
    if (area.current !== null) area.current.scrollTop = Math.max(0, (line - 6) * 19);
  };
  const isConflict = isAppError(save.error, 'precondition.failed');
  return (
    <>
      <Panel
        title="Definition"
        actions={
          <>
            {job !== undefined && (
              <Button
                onClick={() => {
                  keepDraft(text, draft);
                  void navigate(`/jobs/new/start?draft=${encodeURIComponent(draft)}`);
                }}
              >
                Start without saving…
              </Button>
            )}
            <OpenFile label="Open a file" onText={change} />
          </>
        }
      >
        <TextEditor text={text} onText={change} marks={marks} area={area} label="Job as YAML or JSON" />
        <Findings check={check} onJump={jump} />
        <SaveBar
          job={job}
          isSaving={save.isPending}
          onSave={(one, comment) => save.mutate({ job: one, comment, on: conditionsOf(one, edited) })}
        />
      </Panel>
      {save.error !== null && !isConflict && <Failure error={save.error} />}
      {isConflict && save.variables !== undefined && (
        <Conflict
          job={save.variables.job}
          isSaving={save.isPending}
          onSaveOver={(etag) => save.mutate({ ...save.variables, on: { ifMatch: etag } })}
        />
      )}
    </>
  );
};
