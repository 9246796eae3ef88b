import { useState } from 'react';
import { calendarText } from '#shared/format/schedule-words.ts';
import type { Calendar } from '#shared/model/schedule.ts';
import { OpenFile } from '../jobs/editor/open-file.tsx';
import { Button } from '../parts/button.tsx';
import forms from '../parts/form.module.css';
import { FormField } from '../parts/form-field.tsx';
import { Panel } from '../parts/panel.tsx';
import styles from './schedules.module.css';

const example = '- {from: 2027-12-24T00:00:00+01:00, to: 2027-12-27T00:00:00+01:00, summary: Christmas}';

const NewCalendar = ({ onAdd }: { readonly onAdd: (calendar: Calendar) => void }) => {
  const [name, setName] = useState('freezes');
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const add = async (): Promise<void> => {
    const { readCalendarText } = await import('./read-calendar.ts');
    const read = readCalendarText(name.trim() || 'freezes', text);
    if ('error' in read) return setError(read.error);
    setText('');
    setError(undefined);
    onAdd(read);
  };
  return (
    <>
      <FormField label="Name of a calendar">
        {(field) => <input {...field} maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />}
      </FormField>
      <FormField
        label="Its events"
        error={error}
        hint={<>A list, YAML or JSON, in which nothing is started. The end is not part of it.</>}
      >
        {(field) => (
          <textarea
            {...field}
            rows={3}
            spellCheck={false}
            placeholder={example}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </FormField>
      <div className={forms['act']}>
        <Button disabled={text.trim() === ''} onClick={() => void add()}>
          Add the calendar
        </Button>
        <OpenFile label="Open a list" onText={setText} />
      </div>
    </>
  );
};

/** Spans of time in which nothing is started. */
export const CalendarsField = ({
  calendars,
  error,
  onCalendars,
}: {
  readonly calendars: readonly Calendar[];
  readonly error: string | undefined;
  readonly onCalendars: (calendars: readonly Calendar[]) => void;
}) => (
  <Panel title="Calendars">
    <div className={styles['calendars']}>
      {error !== undefined && (
        <p className={forms['wrong']} role="alert">
          {error}
        </p>
      )}
      {calendars.length > 0 && (
        <ul aria-label="Calendars">
          {calendars.map((calendar) => (
            <li key={`${calendar.name}:${calendar.blackouts[0]?.from}:${calendar.blackouts.length}`}>
              <span>{calendarText(calendar)}</span>
              <Button onClick={() => onCalendars(calendars.filter((one) => one !== calendar))}>
                {`Take ${calendar.name} away`}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <NewCalendar
        onAdd={(calendar) => onCalendars([...calendars.filter(({ name }) => name !== calendar.name), calendar])}
      />
    </div>
  </Panel>
);
