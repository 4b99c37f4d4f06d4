import { chartsOf } from './charts.js';
import { escaped } from './chart.js';
import type { Figures } from './figures.js';
import type { Result } from './result.js';
import { countRows, findingRows, latencyRows, processRows, trialRows, VERDICTS, type Rows } from './rows.js';
import { STYLE } from './style.js';
import { settingsLine } from './text.js';

/** The result as a self-contained HTML page: no scripts, no network. */
export const htmlOf = (result: Result): string => {
  const { figures, machine, at, question, scenario, verdict, trials } = result;
  const charts = chartsOf(result);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Earshot load test: ${escaped(scenario)}</title>
<style>${STYLE}</style>
<header>
<h1>${escaped(question)}</h1>
<p class="verdict ${VERDICT_CLASSES[verdict]}">${escaped(VERDICTS[verdict])}</p>
<p>${escaped(`${scenario}: ${settingsLine(result)}`)}</p>
</header>
<main>
${section('Findings', tableHtml(findingRows(result)), 'wide')}
${trials.length > 0 ? section('Sizes tried', tableHtml(trialRows(result)), '') : ''}
${charts.join('\n')}
${section('Micro-batches by size', batchesHtml(figures), '')}
${section('Where the time goes', tableHtml(latencyRows(figures)) + SPLIT_NOTE, 'wide')}
${section('Frames and calls', tableHtml(countRows(figures)) + problemsHtml(figures), 'wide')}
${section('Server and generator', tableHtml(processRows(figures)), 'wide')}
</main>
<footer>${escaped(`${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}; Earshot ${machine.version}; ${at}`)}</footer>
</html>
`;
};

const VERDICT_CLASSES: Readonly<Record<Result['verdict'], string>> = {
  held: 'held',
  missed: 'missed',
  'generator too slow': 'late',
};

const SPLIT_NOTE =
  '<p class="note">Latency counts from the moment at which the chunk with a frame’s last sample was due. Frames in silence have no event to split; their receipt is what is timed.</p>';

const section = (title: string, body: string, className: string): string =>
  `<section class="${className}"><h2>${escaped(title)}</h2><div class="scrolls">${body}</div></section>`;

const tableHtml = ([heading, ...rows]: Rows): string => {
  const head = heading!.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
};

const cellHtml = (cell: string): string => {
  const className = cell.startsWith('  ') ? 'part' : cell === 'held' ? 'held' : /^missed$/i.test(cell) ? 'missed' : '';
  return `<td${className === '' ? '' : ` class="${className}"`}>${escaped(cell.trim())}</td>`;
};

const batchesHtml = ({ server }: Figures): string => {
  if (server === null) return '<p>The server’s /metrics did not answer.</p>';
  const total = server.batches.reduce((sum, { count }) => sum + count, 0) || 1;
  return server.batches
    .map(({ upTo, count }, index) => {
      const least = (server.batches[index - 1]?.upTo ?? 0) + 1;
      const name = upTo === Infinity ? `${least}+` : least === upTo ? String(upTo) : `${least}–${upTo}`;
      const share = (count / total) * 100;
      return `<div class="bar"><span>${name}</span><i><b style="width:${share.toFixed(1)}%"></b></i><span>${share.toFixed(1)} %</span></div>`;
    })
    .join('');
};

const problemsHtml = ({ problems }: Figures): string =>
  Object.entries(problems)
    .map(([problem, count]) => `<p class="missed">${escaped(`${count} × ${problem}`)}</p>`)
    .join('');
