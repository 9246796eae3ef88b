import { type Problem, toProblem } from '#shared/contract/problem.ts';
import type { AppError, ErrorPlace } from '#shared/errors/app-error.ts';
import type { Style } from './output/style.ts';

/** Where a place is: `file:line:column`, or its path when it is in no file. */
const locationOf = ({ file, line, column, path }: ErrorPlace): string => {
  const position = [file, line, column].filter((part) => part !== undefined).join(':');
  return position === '' ? (path ?? '') : position;
};

/** One wrong place as a line: `job.yaml:3:5 unknown key 'grups' (Did you mean 'groups'?)`. */
export const placeLine = (place: ErrorPlace, style: Style): string => {
  const location = locationOf(place);
  const suggestion = place.suggestion === undefined ? '' : ` ${style.dim(`(${place.suggestion})`)}`;
  return `${location === '' ? '' : `${style.bold(location)} `}${place.message}${suggestion}`;
};

/** An error as lines for a person: what is wrong, each place, what to do. */
export const errorLines = (error: AppError, style: Style): readonly string[] => [
  `${style.red('error')} ${error.message}`,
  ...error.places.map((place) => `  ${placeLine(place, style)}`),
  ...(error.hint === undefined ? [] : [`${style.yellow('hint')} ${error.hint}`]),
];

/** An error as one JSON problem (RFC 9457), for `-o json`. */
export const errorProblem = (error: AppError): Problem => toProblem(error);
