import { make } from './dom.js';

/** The key's name in the session storage, which belongs to this tab and lasts until it is closed. */
const PLACE = 'earshot-key';

/** How long an answer of the server may take. One that is stuck takes connections and answers none. */
export const ANSWER_WITHIN_MS = 10_000;

/** The API key that the visitor has given; empty where the server has asked for none. */
export const givenKey = (): string => sessionStorage.getItem(PLACE) ?? '';

/** What can be sent as a credential; with other characters `fetch` fails as if no server answered. */
const SENDABLE = /^[!-~]*$/;

/** The server's answer; asks the visitor for a key until the server accepts it. Rejects when the server does not answer in time. */
export async function askServer(path: string): Promise<Response> {
  for (;;) {
    const key = givenKey();
    const headers: Record<string, string> = key === '' ? {} : { Authorization: `Bearer ${key}` };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(path, { cache: 'no-store', headers, signal });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    await takeKey(key === '' && answer.status === 401 ? 'This server asks for a key.' : await reasonIn(answer));
  }
}

/** Asks the visitor for a key, until it is one that can be sent. */
async function takeKey(why: string): Promise<void> {
  const key = await askVisitor(why);
  if (SENDABLE.test(key)) sessionStorage.setItem(PLACE, key);
  else await takeKey('That has characters that no key has.');
}

const reasonIn = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { error: { message: string } }).error.message;

/** Shows a dialogue that says `why`; resolves with the key that the visitor enters. */
function askVisitor(why: string): Promise<string> {
  const field = make('input');
  Object.assign(field, { type: 'password', required: true, autocomplete: 'off', name: 'key' });
  const form = make(
    'form',
    '',
    make('p', '', why),
    make('label', 'field', 'API key', field),
    make('button', 'primary', 'Go on'),
  );
  const dialog = make('dialog', 'card', form);
  dialog.ariaLabel = 'API key';
  document.body.append(dialog);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  // Browsers close it all the same when Escape is pressed twice, and nothing on the page works without the key.
  dialog.addEventListener('close', () => dialog.showModal());
  dialog.showModal();
  return new Promise((resolve) =>
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.remove();
      resolve(field.value.trim());
    }),
  );
}
