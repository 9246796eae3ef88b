import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RunId } from '#shared/model/ids.ts';

/** A change of a run: once it is answered, whatever is shown of the run is asked for again. */
export const useRunChange = <V = void>(
  runId: RunId,
  change: (value: V) => Promise<unknown>,
  onDone: () => void = () => undefined,
) => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone,
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: ['run', runId] }),
        cache.invalidateQueries({ queryKey: ['runs'] }),
      ]),
  });
};
