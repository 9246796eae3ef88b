import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { statusWords } from '#shared/format/status-words.ts';
import { statusOfLetter } from '#shared/model/status-letters.ts';
import { drawMap } from './draw-map.ts';
import styles from './map.module.css';
import type { MapCells } from './map-cells.ts';
import { readColors, useIsDark } from './map-colors.ts';
import { cellAt, layoutMap, type MapLayout, moveCell, placeOfCell } from './map-layout.ts';

/** Height that a map keeps to while its cells do not get too small, in pixels. */
const usualHeight = 220;

const useWidth = (element: RefObject<HTMLElement | null>): number => {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
};

/** What a cell stands for: `web-3: failed`. */
const cellText = ({ names, nodeIds, letters }: MapCells, index: number): string => {
  const status = statusOfLetter(letters[index] ?? '');
  return `${names[index] ?? nodeIds[index]}: ${status === undefined ? 'not in this phase' : statusWords(status)}`;
};

const Outline = ({
  layout,
  index,
  kind,
}: {
  readonly layout: MapLayout;
  readonly index: number;
  readonly kind: string;
}) => {
  const { x, y } = placeOfCell(layout, index);
  const side = Math.max(layout.size - layout.gap, 4);
  return <span className={styles[kind]} style={{ left: x, top: y, width: side, height: side }} />;
};

interface MapCanvasProps {
  readonly label: string;
  readonly cells: MapCells;
  /** Letters that are shown in full; undefined for all. */
  readonly shown: ReadonlySet<string> | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (nodeId: string) => void;
}

const usePainted = ({ cells, shown }: MapCanvasProps, layout: MapLayout): RefObject<HTMLCanvasElement | null> => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useIsDark();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are other ones when the page turns dark
  useEffect(() => {
    const { current } = canvas;
    if (current?.parentElement == null) return;
    drawMap(current, cells.letters, layout, { colors: readColors(current.parentElement), shown });
  }, [cells.letters, layout, shown, isDark]);
  return canvas;
};

/** A cell for each node, in the width there is. Pointing or arrow keys say which one, a click or Enter chooses it. */
export const MapCanvas = (props: MapCanvasProps) => {
  const { label, cells, chosen, onChoose } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const count = cells.letters.length;
  const layout = useMemo(() => layoutMap(count, width, usualHeight), [count, width]);
  const canvas = usePainted(props, layout);
  const [pointed, setPointed] = useState<number>();
  const [focused, setFocused] = useState<number>();
  const chosenIndex = useMemo(
    () => (chosen === undefined ? -1 : cells.nodeIds.indexOf(chosen)),
    [cells.nodeIds, chosen],
  );
  const choose = (index: number | undefined): void => {
    const id = index === undefined ? undefined : cells.nodeIds[index];
    if (id !== undefined) onChoose(id);
  };
  const at = ({ clientX, clientY }: PointerEvent | MouseEvent): number | undefined => {
    const place = canvas.current?.getBoundingClientRect();
    return place && cellAt(layout, clientX - place.left, clientY - place.top);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') choose(focused);
    const to =
      focused === undefined ? (event.key.startsWith('Arrow') ? 0 : undefined) : moveCell(layout, focused, event.key);
    if (to !== undefined) setFocused(to);
    if (to !== undefined || event.key === ' ') event.preventDefault();
  };
  const told = [pointed, focused].find((index) => index !== undefined && index < count);
  return (
    <>
      <div
        ref={box}
        className={styles['box']}
        role="application"
        aria-label={`${label}: arrow keys move, Enter shows the node`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved about in by arrow keys
        tabIndex={0}
        onKeyDown={press}
        onBlur={() => setFocused(undefined)}
        onFocus={() => setFocused((before) => before ?? Math.max(chosenIndex, 0))}
      >
        <div className={styles['field']} style={{ width: layout.width, height: layout.height }}>
          <canvas
            ref={canvas}
            className={styles['canvas']}
            style={{ width: layout.width, height: layout.height }}
            onPointerMove={(event) => setPointed(at(event))}
            onPointerLeave={() => setPointed(undefined)}
            onClick={(event) => choose(at(event.nativeEvent))}
          />
          {chosenIndex >= 0 && <Outline layout={layout} index={chosenIndex} kind="chosen" />}
          {told !== undefined && <Outline layout={layout} index={told} kind="pointed" />}
        </div>
      </div>
      <p className={styles['told']}>{told === undefined ? label : cellText(cells, told)}</p>
      <p className="visually-hidden" aria-live="polite">
        {focused !== undefined && focused < count ? cellText(cells, focused) : ''}
      </p>
    </>
  );
};
