import { useEffect, useState } from 'react';

/** A value once it has not changed for so many milliseconds. An object is another value each time that it is made anew. */
export const useQuiet = <T>(value: T, ms: number): T => {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return quiet;
};
