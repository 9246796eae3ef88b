import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ResultView } from '#shared/contract/run-views.ts';
import { bytesText } from '#shared/format/bytes-text.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Stream } from '#shared/script/upload-key.ts';
import { useApi } from '../../api/api-context.ts';
import { outputQuery } from '../../api/run-detail-queries.ts';
import { Failure } from '../../parts/failure.tsx';
import { saveFile, streamBlob } from './download.ts';
import { fileNameOf } from './file-name.ts';
import styles from './output.module.css';
import { OutputText } from './output-text.tsx';

interface StreamProps {
  readonly runId: RunId;
  readonly result: ResultView;
  readonly stream: Stream;
  readonly wraps: boolean;
}

/** A long stream from its beginning, part by part. */
const WholeStream = ({ runId, result, stream, wraps }: StreamProps) => {
  const { client } = useApi();
  const query = outputQuery({ client, runId }, { result: result.resultId, stream });
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(query);
  const last = data?.pages.at(-1);
  const text = data?.pages.map((page) => page.text).join('') ?? '';
  return (
    <>
      {last === undefined && error === null && <p className="dim">Loading…</p>}
      {text !== '' && <OutputText text={text} stream={stream} wraps={wraps} />}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {last !== undefined && hasNextPage && (
        <p className="dim">
          {bytesText(last.nextOffset ?? 0)} of {bytesText(last.keptBytes)}{' '}
          <button type="button" className={styles['link']} disabled={isFetching} onClick={() => void fetchNextPage()}>
            More
          </button>
        </p>
      )}
    </>
  );
};

const Download = ({ runId, result, stream }: Omit<StreamProps, 'wraps'>) => {
  const { client } = useApi();
  const save = useMutation({
    mutationFn: async () => saveFile(await streamBlob({ client, runId, result, stream }), fileNameOf(result, stream)),
  });
  return (
    <>
      <button type="button" className={styles['link']} disabled={save.isPending} onClick={() => save.mutate()}>
        {save.isPending ? 'Downloading…' : 'Download'}
      </button>
      {save.error !== null && <Failure error={save.error} />}
    </>
  );
};

/** One stream of one result: what came with it, and the whole of it where that is more. */
export const StreamView = (props: StreamProps) => {
  const { result, stream, wraps } = props;
  const [isWhole, setWhole] = useState(false);
  const upload = result.uploads?.[stream];
  const bytes = result[`${stream}Bytes`];
  if (bytes === 0 && result[stream] === '') return null;
  return (
    <div className={styles['stream']}>
      <p className={styles['about']}>
        <span className={styles['name']}>{stream}</span>
        <span className="dim">{bytesText(bytes)}</span>
        {upload !== undefined && (
          <button type="button" className={styles['link']} onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Head and tail' : 'Show all of it'}
          </button>
        )}
        <Download {...props} />
      </p>
      {isWhole ? <WholeStream {...props} /> : <OutputText text={result[stream]} stream={stream} wraps={wraps} />}
    </div>
  );
};
