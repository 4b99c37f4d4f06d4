import type { Intent } from '@earshot/client';

const find = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
};

/** Calls `pressed` whenever the page's button is pressed. */
export const whenPressed = (pressed: () => void): void => find('call').addEventListener('click', pressed);

export function showRunning(isRunning: boolean): void {
  find('call').textContent = isRunning ? 'Hang up' : 'Call the bank';
  find('call').classList.toggle('running', isRunning);
  showLevel(0);
}

/** Shows the state of the call. */
export function showState(message: string, isAlarm = false): void {
  find('state').textContent = message;
  find('state').classList.toggle('alarm', isAlarm);
}

/** Shows how loud the caller is, 0–1. */
export const showLevel = (level: number): void => find('level').setAttribute('value', Math.sqrt(level).toFixed(2));

export const showBot = (text: string): void => bubble('bot', 'Front desk', text);

/** Shows what was understood: the intent, not the words, which the bot does not know. */
export const showCaller = ({ intent, score }: Intent): void =>
  bubble(
    'caller',
    'You',
    intent === null ? 'something else' : `${intent.replaceAll('_', ' ')} (${Math.round(score * 100)} %)`,
  );

export function showAction(action: string): void {
  const line = document.createElement('li');
  line.textContent = action;
  find('actions').prepend(line);
}

function bubble(side: string, who: string, text: string): void {
  const name = document.createElement('b');
  name.textContent = who;
  const line = document.createElement('li');
  line.className = side;
  line.append(name, text);
  find('talk').append(line);
  line.scrollIntoView({ block: 'nearest' });
}
