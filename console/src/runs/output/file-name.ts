import type { ResultView } from '#shared/contract/run-views.ts';
import type { Stream } from '#shared/script/upload-key.ts';

/** What a saved stream is called: its node, operation and stream, with nothing in it that a file name cannot have. */
export const fileNameOf = ({ name, phase, operation, attempt, tryNumber }: ResultView, stream: Stream): string => {
  const words = [name, phase, operation, `a${attempt}`, ...(tryNumber > 0 ? [`t${tryNumber}`] : []), stream];
  return `${words.map((word) => word.replaceAll(/[^\p{L}\p{N}._-]/gu, '_').slice(0, 80)).join('.')}.txt`;
};
