// A thread of callers that is blocked again and again, as by a machine that has too much to do.
import '../../load-tests/generator/caller-thread.js';

setInterval(() => {
  for (const until = performance.now() + 150; performance.now() < until;);
}, 200);
