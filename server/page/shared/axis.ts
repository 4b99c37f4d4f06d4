import type uPlot from 'uplot';
import { styled } from './dom.js';

/** An axis in the page's colours, with a grid and without ticks. */
export const axis = (own: uPlot.Axis): uPlot.Axis => ({
  stroke: () => styled('--faint'),
  font: '12px system-ui, sans-serif',
  grid: { stroke: () => styled('--grid'), width: 1 },
  ticks: { show: false },
  ...own,
});
