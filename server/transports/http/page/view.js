const element = (id) => document.getElementById(id);

const made = (tag, className, text = '') => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
};

const percent = (score) => `${Math.round(score * 100)}%`;
const nameOf = ({ intent, out_of_scope }) =>
  intent?.replaceAll('_', ' ') ?? (out_of_scope ? 'out of scope' : 'no intent');

/** Says where things stand; trouble is marked. */
export const tell = (text, isTrouble = false) => {
  element('state').textContent = text;
  element('state').className = isTrouble ? 'alarm' : '';
};

/** Empties everything that belongs to one stream. */
export const clear = () => {
  element('channels').replaceChildren();
  element('finals').replaceChildren();
  element('none').hidden = false;
};

const channelCard = (channel) => {
  const id = `channel-${channel}`;
  const card = element(id) ?? made('section', 'card');
  if (!card.id) {
    card.id = id;
    card.style.order = channel;
    element('channels').append(card);
  }
  return card;
};

const bar = ({ label, score }) => {
  const row = made('div', 'intent');
  const meter = made('meter');
  meter.value = score;
  meter.setAttribute('aria-label', label);
  row.append(made('span', '', label.replaceAll('_', ' ')), meter, made('span', '', percent(score)));
  return row;
};

/** Draws the leading intents of a channel: lighter while they may still change. */
export const showIntent = (message) => {
  const card = channelCard(message.channel);
  card.className = `card ${message.status}`;
  const heading = made(
    'h2',
    '',
    `Channel ${message.channel}, ${(message.end_ms / 1000).toFixed(1)} s: ${nameOf(message)}`,
  );
  card.replaceChildren(heading, ...message.scores.map(bar));
  for (const part of ['queue', 'infer', 'total'])
    element(part).textContent = `${message.latency_ms[part].toFixed(1)} ms`;
  if (message.status === 'final')
    addLine(
      `${(message.start_ms / 1000).toFixed(1)}–${(message.end_ms / 1000).toFixed(1)} s`,
      `channel ${message.channel}: ${nameOf(message)}, ${percent(message.score)}`,
    );
};

/** Adds a line to the finals; trouble (a gap) is marked. */
export const addLine = (when, what, isTrouble = false) => {
  const line = made('li', isTrouble ? 'alarm' : '');
  line.append(made('time', '', when), ` ${what}`);
  element('finals').append(line);
  element('none').hidden = true;
};

export const showRate = (framesPerSecond) => {
  element('rate').textContent = framesPerSecond.toFixed(1);
};

const COLUMN = 4;

/** Moves the waveform one column on and draws how loud the newest 100 ms were, 0–1. */
export const drawLevel = (level) => {
  const canvas = element('waveform');
  const context = canvas.getContext('2d');
  context.globalCompositeOperation = 'copy';
  context.drawImage(canvas, -COLUMN, 0);
  context.globalCompositeOperation = 'source-over';
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--level') || '#3b82c4';
  const height = Math.max(2, Math.min(1, Math.sqrt(level)) * canvas.height);
  context.fillRect(canvas.width - COLUMN, (canvas.height - height) / 2, COLUMN - 1, height);
};
