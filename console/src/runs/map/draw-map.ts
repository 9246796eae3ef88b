import type { MapLayout } from './map-layout.ts';
import { type Palette, paintCells } from './map-pixels.ts';

/** Draws all cells: one pixel for each, enlarged, and then the gaps cut out of it. */
export const drawMap = (canvas: HTMLCanvasElement, letters: string, layout: MapLayout, palette: Palette): void => {
  const { columns, rows, size, gap, width, height } = layout;
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null || columns * rows === 0) return;
  const cells = new OffscreenCanvas(columns, rows);
  const pixels = paintCells(letters, columns * rows, palette);
  cells.getContext('2d')?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  context.imageSmoothingEnabled = false;
  context.scale(scale, scale);
  context.drawImage(cells, 0, 0, width, height);
  if (gap === 0) return;
  for (let column = 1; column <= columns; column += 1) context.clearRect(column * size - gap, 0, gap, height);
  for (let row = 1; row <= rows; row += 1) context.clearRect(0, row * size - gap, width, gap);
};
