import { Worker, type WorkerOptions } from 'node:worker_threads'

/** V8 would reserve 512 for each thread, of the little that a worker may map at all. */
const CODE_MB = 64

/** A thread of a worker, whose hard limit on mapped memory it leaves alone. */
export const startThread = (module: string, options: WorkerOptions = {}): Worker =>
  new Worker(module, { ...options, resourceLimits: { codeRangeSizeMb: CODE_MB } })
