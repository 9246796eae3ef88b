/** Cuts a stream of text chunks into lines; an unfinished last line waits for the next chunk. */
export const lineReader = (onLine: (line: string) => void): ((chunk: string) => void) => {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
};
