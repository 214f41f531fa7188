/** The other end of `measured-events`: what runs on the thread. */
import { parentPort } from 'node:worker_threads'
import { type AskedFilter, type Line, type Measure, measuresOf } from './measured-lines.ts'

export interface ToMeasuringThread {
  readonly filters: readonly AskedFilter[]
  readonly lines: readonly Line[]
}
export type FromMeasuringThread = readonly Measure[]

parentPort?.on('message', ({ filters, lines }: ToMeasuringThread) =>
  parentPort?.postMessage(measuresOf(filters, lines)),
)
