import { useId, useMemo } from 'react';
import { dialects } from '#shared/model/schedule.ts';
import { Fields, FormField } from '../parts/form-field.tsx';
import type { FormPartProps } from './form-part.ts';

/** The zones that the browser knows; any other name can be written too. */
const zoneNames = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Fields that say when. */
export const TimesFields = ({ form, errors, onForm }: FormPartProps) => {
  const zones = useMemo(zoneNames, []);
  const list = useId();
  return (
    <Fields>
      <FormField
        label="Expression"
        isRequired
        error={errors['expression']}
        hint="A crontab line, rate(5 minutes), at(2027-06-06T13:15:00), cron(…), or one of Alibaba Cloud."
      >
        {(field) => (
          <input
            {...field}
            className={`${field.className} mono`}
            autoComplete="off"
            spellCheck={false}
            placeholder="30 2 * * 1-5"
            value={form.expression}
            onChange={({ target }) => onForm({ expression: target.value })}
          />
        )}
      </FormField>
      <FormField label="Dialect" error={errors['dialect']} hint="How the expression is written.">
        {(field) => (
          <select {...field} value={form.dialect} onChange={({ target }) => onForm({ dialect: target.value })}>
            <option value="">by its looks</option>
            {dialects.map((dialect) => (
              <option key={dialect} value={dialect}>
                {dialect}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField label="Zone" error={errors['zone']} hint="Such as Europe/Madrid; UTC where nothing is said.">
        {(field) => (
          <>
            <input
              {...field}
              list={list}
              autoComplete="off"
              spellCheck={false}
              placeholder="UTC"
              value={form.zone}
              onChange={({ target }) => onForm({ zone: target.value })}
            />
            <datalist id={list}>
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
      </FormField>
      <FormField label="Start" error={errors['start']} hint="Nothing is due before, such as 2027-01-01T00:00:00Z.">
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            value={form.start}
            onChange={({ target }) => onForm({ start: target.value })}
          />
        )}
      </FormField>
      <FormField label="End" error={errors['end']} hint="Nothing is due after.">
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            value={form.end}
            onChange={({ target }) => onForm({ end: target.value })}
          />
        )}
      </FormField>
      <FormField
        label="Jitter"
        error={errors['jitter']}
        hint="Spreads starts over so long after the due time, such as 5m."
      >
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            value={form.jitter}
            onChange={({ target }) => onForm({ jitter: target.value })}
          />
        )}
      </FormField>
    </Fields>
  );
};
