interface NumberedName {
  readonly digits: string;
  readonly number: number;
}

interface Family {
  readonly prefix: string;
  readonly suffix: string;
  readonly members: NumberedName[];
}

// The last run of digits counts up; more than 15 digits are no exact number.
const numbered = /^(?<prefix>.*?)(?<digits>\d{1,15})(?<suffix>\D*)$/su;
const ambiguous = /[[\],]/;

const byText = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);

/** Runs of consecutive numbers, as `1-40` or `42`. */
const rangesOf = (members: readonly NumberedName[]): readonly string[] => {
  const runs: { first: NumberedName; last: NumberedName }[] = [];
  for (const member of members.toSorted((a, b) => a.number - b.number)) {
    const run = runs.at(-1);
    if (run !== undefined && run.last.number + 1 === member.number) run.last = member;
    else runs.push({ first: member, last: member });
  }
  return runs.map(({ first, last }) => (first === last ? first.digits : `${first.digits}-${last.digits}`));
};

/** Numbers of one length where one has a leading zero count in that length (`08-12`); all others count freely (`8-12`). */
const classesOf = (members: readonly NumberedName[]): readonly (readonly NumberedName[])[] => {
  const padded = new Set(members.flatMap(({ digits }) => (/^0./.test(digits) ? [digits.length] : [])));
  return [...Map.groupBy(members, ({ digits }) => (padded.has(digits.length) ? digits.length : 0)).values()];
};

const foldFamily = ({ prefix, suffix, members }: Family): string => {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return `${prefix}${only.digits}${suffix}`;
  const ranges = classesOf(members).flatMap(rangesOf);
  return `${prefix}[${ranges.toSorted(byText).join(',')}]${suffix}`;
};

/**
 * Names in short: `web-1 … web-40 web-42` become `web-[1-40,42]`, in natural order, each name once. Only the last number of a name is folded.
 * Nothing is lost: a range whose first number has a leading zero keeps its width.
 */
export const foldNames = (names: Iterable<string>): readonly string[] => {
  const plain: string[] = [];
  const families = new Map<string, Family>();
  for (const name of new Set(names)) {
    const parts = ambiguous.test(name) ? undefined : name.match(numbered)?.groups;
    if (parts === undefined) {
      plain.push(name);
      continue;
    }
    const { prefix = '', digits = '', suffix = '' } = parts;
    const key = `${prefix}\0${suffix}`;
    const family = families.get(key) ?? { prefix, suffix, members: [] };
    family.members.push({ digits, number: Number(digits) });
    families.set(key, family);
  }
  return [...plain, ...[...families.values()].map(foldFamily)].toSorted(byText);
};
