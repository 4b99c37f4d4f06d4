/** Calls `look` every `everyMs`, one call at a time, without keeping the process alive. Returns a function that stops it. */
export const poll = (look: () => Promise<void>, everyMs: number): (() => void) => {
  let isLooking = false;
  const lookAgain = async () => {
    if (isLooking) return;
    isLooking = true;
    await look();
    isLooking = false;
  };
  const timer = setInterval(() => void lookAgain(), everyMs).unref();
  return () => clearInterval(timer);
};
