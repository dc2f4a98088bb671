'use strict';

// BullMQ in a process of its own, at its defaults, on the Redis server at REDIS_PORT:
//   queue.js drain PORT JOBS CONCURRENCY     works off jobs that do nothing
//   queue.js latency PORT JOBS               how long an idle worker needs to start a job
// Prints {"rate": jobs a second} or {"p50Us", "p99Us"}.

const { Queue, Worker } = require('bullmq');
const { performance } = require('perf_hooks');

const [verb, port, count, concurrency] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const payload = { workspace: '/srv/checkouts/shop', task: 'tasks/test.json' };

async function drain(queue) {
  const jobs = Array.from({ length: count }, () => ({ name: 'job', data: payload }));
  for (let first = 0; first < count; first += 1000) {
    await queue.addBulk(jobs.slice(first, first + 1000));
  }
  let done = 0;
  const worker = new Worker(queue.name, async () => 'ok', { connection, concurrency, autorun: false });
  worker.on('error', fail);
  await worker.waitUntilReady();
  const begun = performance.now();
  const finished = new Promise((resolve) => worker.on('completed', () => ++done === count && resolve()));
  worker.run();
  await finished;
  const seconds = (performance.now() - begun) / 1000;
  await worker.close();
  return { rate: count / seconds };
}

async function latency(queue) {
  let started;
  const worker = new Worker(queue.name, async () => started(performance.now()), { connection });
  worker.on('error', fail);
  await worker.waitUntilReady();
  const microseconds = [];
  for (let i = 0; i < count; ++i) {
    const start = new Promise((resolve) => (started = resolve));
    const settled = new Promise((resolve) => worker.once('completed', resolve));
    const added = performance.now();
    await queue.add('job', payload);
    microseconds.push((await start - added) * 1000);
    await settled;
  }
  await worker.close();
  microseconds.sort((a, b) => a - b);
  const quantile = (q) => microseconds[Math.floor((microseconds.length - 1) * q)];
  return { p50Us: quantile(0.5), p99Us: quantile(0.99) };
}

async function main() {
  const queue = new Queue('bench', { connection });
  queue.on('error', fail);
  console.log(JSON.stringify(await (verb === 'drain' ? drain : latency)(queue)));
  await queue.close();
}

function fail(error) {
  console.error(String(error));
  process.exit(1);
}

main().catch(fail);
