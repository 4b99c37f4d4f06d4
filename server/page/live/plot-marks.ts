import type uPlot from 'uplot';
import { styled } from '../shared/dom.js';
import { percent, spoken } from '../shared/words.js';
import type { Palette } from './palette.js';
import type { Track, Utterance } from './track.js';
import { BAR_MS, type Waveform } from './waveform.js';

/** What is drawn under the lines of a plot. */
export interface Marked {
  readonly track: Track;
  readonly waveform: Waveform;
  readonly palette: Palette;
  /** Below this probability speech is out of scope. */
  readonly threshold: number;
}

/** Where the waveform and the utterances' names are drawn, on the plot's scale of probabilities. */
const WAVE_MIDDLE = 1.52;
const WAVE_REACH = 0.29;
const NAME_LINE = 1.12;

/** Draws what is under the lines, in canvas pixels: utterances as bands, hatched gaps, the waveform, the threshold. */
export const drawUnderLines = (plot: uPlot, { track, waveform, palette, threshold }: Marked): void =>
  inside(plot, () => {
    for (const utterance of track.utterances) drawBand(plot, utterance, colourOf(utterance, palette));
    for (const gap of track.gaps) drawGap(plot, gap.start_ms, gap.end_ms, gap.reason);
    drawWaveform(plot, waveform);
    drawThreshold(plot, threshold);
  });

/** Draws what is over the lines: the name of each utterance, and a dot at the end of its line once it is final. */
export const drawOverLines = (plot: uPlot, { track, palette }: Marked): void =>
  inside(plot, () => {
    for (const utterance of track.utterances) {
      const colour = colourOf(utterance, palette);
      drawName(plot, utterance, colour);
      if (utterance.isFinal) drawFinalDot(plot, utterance, colour);
    }
  });

function inside({ ctx, bbox }: uPlot, draw: () => void): void {
  ctx.save();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

const colourOf = ({ intent }: Utterance, palette: Palette): string =>
  intent === null ? styled('--faint') : palette.colour(intent);

const x = (plot: uPlot, ms: number): number => plot.valToPos(ms / 1000, 'x', true);
const y = (plot: uPlot, share: number): number => plot.valToPos(share, 'y', true);
const pixels = (size: number): number => size * devicePixelRatio;
const font = (size: number, weight = 400): string => `${weight} ${pixels(size)}px system-ui, sans-serif`;

function drawBand(plot: uPlot, { startMs, endMs, isFinal }: Utterance, colour: string): void {
  const { ctx, bbox } = plot;
  const from = x(plot, startMs);
  ctx.fillStyle = colour;
  ctx.globalAlpha = isFinal ? 0.13 : 0.06;
  ctx.fillRect(from, bbox.top, Math.max(2, x(plot, endMs) - from), bbox.height);
  ctx.globalAlpha = isFinal ? 0.9 : 0.45;
  ctx.fillRect(from, bbox.top, pixels(2), bbox.height);
  ctx.globalAlpha = 1;
}

function drawName(plot: uPlot, { intent, isFinal, score, startMs, endMs }: Utterance, colour: string): void {
  const { ctx, bbox } = plot;
  const name = intent === null ? 'out of scope' : spoken(intent);
  const text = isFinal ? `${name} ${percent(score)}` : `${name}?`;
  ctx.fillStyle = colour;
  ctx.font = isFinal ? font(13, 650) : `italic ${font(13)}`;
  // The name stays in view while its band scrolls out, and leaves with the band's end.
  const last = x(plot, endMs) - ctx.measureText(text).width;
  ctx.fillText(text, Math.max(x(plot, startMs) + pixels(8), Math.min(bbox.left + pixels(4), last)), y(plot, NAME_LINE));
}

function drawFinalDot(plot: uPlot, { heardMs, score }: Utterance, colour: string): void {
  const { ctx } = plot;
  ctx.beginPath();
  ctx.arc(x(plot, heardMs), y(plot, score), pixels(5), 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.lineWidth = pixels(2);
  ctx.strokeStyle = styled('--card');
  ctx.stroke();
}

function drawGap(plot: uPlot, startMs: number, endMs: number, reason: string): void {
  const { ctx, bbox } = plot;
  const from = x(plot, startMs);
  const width = Math.max(pixels(3), x(plot, endMs) - from);
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, bbox.top, width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = styled('--alarm');
  ctx.lineWidth = pixels(1);
  ctx.globalAlpha = 0.5;
  ctx.beginPath();
  for (let at = from - bbox.height; at < from + width; at += pixels(8)) {
    ctx.moveTo(at, bbox.top + bbox.height);
    ctx.lineTo(at + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.fillStyle = styled('--alarm');
  ctx.globalAlpha = 1;
  ctx.font = font(12, 600);
  ctx.fillText(`gap: ${spoken(reason)}`, Math.max(from, bbox.left) + pixels(4), y(plot, 0.08));
  ctx.restore();
}

function drawWaveform(plot: uPlot, { bars }: Waveform): void {
  const { ctx } = plot;
  const { min = 0, max = 0 } = plot.scales.x!;
  const first = Math.max(0, Math.floor((min * 1000) / BAR_MS));
  const last = Math.min(bars.length, Math.ceil((max * 1000) / BAR_MS));
  const middle = y(plot, WAVE_MIDDLE);
  const reach = middle - y(plot, WAVE_MIDDLE + WAVE_REACH);
  const width = Math.max(1, (x(plot, BAR_MS) - x(plot, 0)) * 0.7);
  ctx.fillStyle = styled('--wave');
  for (let bar = first; bar < last; bar++) {
    // Telephone speech is quiet: the square root keeps it visible, and keeps loud audio inside the waveform's band.
    const half = Math.max(pixels(0.5), Math.min(1, 1.5 * Math.sqrt(bars[bar]!)) * reach);
    ctx.fillRect(x(plot, bar * BAR_MS), middle - half, width, 2 * half);
  }
}

function drawThreshold(plot: uPlot, threshold: number): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  const level = y(plot, threshold);
  ctx.strokeStyle = styled('--faint');
  ctx.lineWidth = pixels(1);
  ctx.setLineDash([pixels(3), pixels(4)]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, level);
  ctx.lineTo(right, level);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = styled('--faint');
  ctx.font = font(11);
  ctx.textAlign = 'right';
  ctx.fillText('out of scope below', right - pixels(4), level - pixels(8));
  ctx.textAlign = 'left';
}
