// The entry point of an inference worker, whether it is a thread or a child process.
import { parentPort } from 'node:worker_threads';
import { processPort, threadPort } from './worker-port.js';
import { WorkerService } from './worker-service.js';

new WorkerService(parentPort ? threadPort(parentPort) : processPort());
