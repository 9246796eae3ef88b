import type { RunView } from '#shared/contract/run-views.ts';
import type { TextSink } from '../host.ts';
import { makeLiveWriter } from './live-writer.ts';
import { noPlainProgress, plainProgress } from './plain-progress.ts';
import { progressLines } from './progress.ts';
import type { Style } from './style.ts';

/** Shows a run as it goes on. */
export interface Reporter {
  show(view: RunView, now: number): void;
  /** Makes room for other text. */
  clear(): void;
  /** Shows the run for the last time and leaves it there. */
  finish(view: RunView, now: number): void;
}

const silent: Reporter = { show: () => undefined, clear: () => undefined, finish: () => undefined };

const liveReporter = (sink: TextSink, style: Style): Reporter => {
  const writer = makeLiveWriter(sink);
  const draw = (view: RunView, now: number) =>
    writer.draw(progressLines(view, now, { style, maxLines: Math.max(3, (sink.rows ?? 24) - 2) }));
  return {
    show: draw,
    clear: () => writer.clear(),
    finish: (view, now) => {
      draw(view, now);
      writer.keep();
    },
  };
};

const plainReporter = (sink: TextSink): Reporter => {
  let last = noPlainProgress;
  const show = (view: RunView, now: number) => {
    const { lines, next } = plainProgress(last, view, now);
    last = next;
    for (const line of lines) sink.write(`${line}\n`);
  };
  return { show, clear: () => undefined, finish: show };
};

/** A display that redraws on a terminal, lines for changes elsewhere, nothing when quiet. */
export const makeReporter = (
  sink: TextSink,
  style: Style,
  look: { readonly quiet: boolean; readonly dumb: boolean },
): Reporter => {
  if (look.quiet) return silent;
  return sink.isTerminal && !look.dumb ? liveReporter(sink, style) : plainReporter(sink);
};
