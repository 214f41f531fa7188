/** `npm run soak -- --minutes 10 --clients 64`: the soak by hand, with memory as it goes. Ends with 1 when anything was wrong. */
import { parseArgs } from 'node:util'
import { type KeptSample, type MemorySample, soak } from './soak.ts'

const MEBIBYTE = 1 << 20
/** What the server may grow by from the middle to the end, once caches and tables of the first half are warm. */
const MOST_GROWTH_BYTES = 64 * MEBIBYTE
/** The same of what it holds when its garbage is collected: requests under way are as many at both times. */
const MOST_KEPT_GROWTH_BYTES = 8 * MEBIBYTE

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, clients: { type: 'string', default: '64' } },
})
const forMs = Number(values.minutes) * 60_000
const line = ({ atMs, serverBytes, enginesBytes }: MemorySample): string =>
  `${String(Math.round(atMs / 1000)).padStart(5)} s  server ${mib(serverBytes)}  engines ${mib(enginesBytes)}`
const keptLine = ({ atMs, heapBytes, externalBytes, residentBytes }: KeptSample): string =>
  `${String(Math.round(atMs / 1000)).padStart(5)} s  heap ${mib(heapBytes)}  buffers ${mib(externalBytes)}  resident ${mib(residentBytes)}`
const mib = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`.padStart(9)

const report = await soak({
  clients: Number(values.clients),
  forMs,
  killEveryMs: 3000,
  sampleEveryMs: Math.max(1000, forMs / 60),
  onSample: (sample) => console.log(line(sample)),
})
const { samples, kept, counts, kills, wrong, log } = report
const [start, middle, end] = [0.05, 0.5, 1].map((part) => samples[Math.ceil(samples.length * part) - 1]!)
console.log(`\nQueries: ${JSON.stringify(counts)}; engines killed: ${kills}`)
console.log(`Memory at the start, in the middle and at the end:\n${[start!, middle!, end!].map(line).join('\n')}`)
console.log(`Held by the server after its garbage was collected:\n${kept.map(keptLine).join('\n')}`)
if (log) console.log(`The server wrote:\n${log}`)
for (const what of wrong) console.log(`WRONG: ${what}`)
const grown = end!.serverBytes - middle!.serverBytes
if (grown > MOST_GROWTH_BYTES) console.log(`WRONG: the server grew by ${mib(grown)} in the second half`)
const [, keptHalfway, keptLast] = kept.map(({ heapBytes, externalBytes }) => heapBytes + externalBytes)
const leaked = keptLast! - keptHalfway!
if (leaked > MOST_KEPT_GROWTH_BYTES) console.log(`WRONG: it held ${mib(leaked)} more at the end than in the middle`)
const isWrong = wrong.length > 0 || log !== '' || grown > MOST_GROWTH_BYTES || leaked > MOST_KEPT_GROWTH_BYTES
process.exitCode = isWrong ? 1 : 0
