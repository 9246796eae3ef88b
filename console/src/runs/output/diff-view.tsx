import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ResultView } from '#shared/contract/run-views.ts';
import { bytesText } from '#shared/format/bytes-text.ts';
import type { RunId } from '#shared/model/ids.ts';
import { type Stream, streams } from '#shared/script/upload-key.ts';
import { useApi } from '../../api/api-context.ts';
import { Failure } from '../../parts/failure.tsx';
import { plainText } from './ansi.ts';
import { streamText } from './download.ts';
import styles from './output.module.css';
import { type DiffLine, diffLines } from './output-diff.ts';

/** Longer streams are compared by their head and tail. */
const mostBytes = 1024 * 1024;
/** Most lines of a comparison that are drawn. */
const mostLines = 2000;

/** A group of equal outputs: the names of its nodes, and one of their results. */
export interface DiffSide {
  readonly name: string;
  readonly result: ResultView;
}

const isLong = ({ result }: DiffSide, stream: Stream): boolean => (result.uploads?.[stream]?.bytes ?? 0) > mostBytes;

const useDiff = (runId: RunId, stream: Stream, { from, to }: { readonly from: DiffSide; readonly to: DiffSide }) => {
  const { client } = useApi();
  const textOf = async (side: DiffSide): Promise<string> =>
    plainText(
      isLong(side, stream) ? side.result[stream] : await streamText({ client, runId, result: side.result, stream }),
    );
  return useQuery({
    queryKey: ['run', runId, 'diff', stream, from.result.resultId, to.result.resultId],
    queryFn: async () => ({ lines: await diffLines(await textOf(from), await textOf(to)) }),
    staleTime: Number.POSITIVE_INFINITY,
  });
};

const signs: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', added: '+', removed: '-', hunk: '@' };

const Lines = ({ lines }: { readonly lines: readonly DiffLine[] }) => (
  <pre className={`${styles['text']} ${styles['wraps']}`}>
    {lines.slice(0, mostLines).map(({ kind, text }, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
      <span key={index} className={styles[kind]}>
        {signs[kind]} {text}
      </span>
    ))}
  </pre>
);

const StreamDiff = (props: {
  readonly runId: RunId;
  readonly stream: Stream;
  readonly from: DiffSide;
  readonly to: DiffSide;
}) => {
  const { stream, from, to } = props;
  const { data, error } = useDiff(props.runId, stream, props);
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return <p className="dim">Comparing {stream}…</p>;
  const { lines } = data;
  return (
    <div className={styles['stream']}>
      <p className="dim">
        {stream}
        {lines?.length === 0 && ' is the same'}
        {lines === undefined && ' differs in too much to compare it line by line'}
        {(isLong(from, stream) || isLong(to, stream)) &&
          ` is compared by its head and tail: it is longer than ${bytesText(mostBytes)}`}
        {(lines?.length ?? 0) > mostLines && `: the first ${mostLines} lines of the comparison`}
      </p>
      {lines !== undefined && lines.length > 0 && <Lines lines={lines} />}
    </div>
  );
};

/** How what one group of nodes printed differs from what another one did. It stands above the groups, so it is brought into view. */
export const DiffView = (props: { readonly runId: RunId; readonly from: DiffSide; readonly to: DiffSide }) => {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }), []);
  return (
    <div ref={box} className={`${styles['group']} ${styles['compared']}`}>
      <p>
        <span className={styles['removed']}>- {props.from.name}</span>
        <span className={styles['added']}>+ {props.to.name}</span>
      </p>
      {streams.map((stream) => (
        <StreamDiff key={stream} stream={stream} {...props} />
      ))}
    </div>
  );
};
