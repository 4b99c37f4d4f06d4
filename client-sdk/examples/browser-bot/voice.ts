/** Most milliseconds to wait per word: some browsers never report that they have finished, or that they have no voice. */
const LONGEST_WORD_MS = 700;
const NO_VOICE_MS = 1_500;

/** Speaks a sentence with the browser's voice. Resolves when it has been spoken or the signal fires; says nothing without a voice. */
export async function say(text: string, signal: AbortSignal): Promise<void> {
  if (!(await hasVoices()) || signal.aborted) return;
  const speech = new SpeechSynthesisUtterance(text);
  speech.lang = 'en';
  const longest = text.split(' ').length * LONGEST_WORD_MS;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, longest);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    speech.addEventListener('end', done);
    speech.addEventListener('error', done);
    signal.addEventListener('abort', () => speechSynthesis.cancel(), { once: true });
    speechSynthesis.speak(speech);
  });
}

/** Whether the browser has a voice; waits for it, because browsers load their voices after the page. */
async function hasVoices(): Promise<boolean> {
  if (!('speechSynthesis' in globalThis)) return false;
  if (speechSynthesis.getVoices().length > 0) return true;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, NO_VOICE_MS);
    speechSynthesis.addEventListener(
      'voiceschanged',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
  return speechSynthesis.getVoices().length > 0;
}
