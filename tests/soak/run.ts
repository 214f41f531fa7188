/** `npm run soak -- --minutes 10 --clients 64`: the soak by hand, with memory as it goes. Ends with 1 when anything was wrong. */
import { parseArgs } from 'node:util'
import { type MemorySample, soak } from './soak.ts'

const MEBIBYTE = 1 << 20
/** What the server may grow by from the middle to the end, once caches and tables of the first half are warm. */
const MOST_GROWTH_BYTES = 64 * MEBIBYTE

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, clients: { type: 'string', default: '64' } },
})
const forMs = Number(values.minutes) * 60_000
const line = ({ atMs, serverBytes, enginesBytes }: MemorySample): string =>
  `${String(Math.round(atMs / 1000)).padStart(5)} s  server ${mib(serverBytes)}  engines ${mib(enginesBytes)}`
const mib = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`.padStart(9)

const report = await soak({
  clients: Number(values.clients),
  forMs,
  killEveryMs: 3000,
  sampleEveryMs: Math.max(1000, forMs / 60),
  onSample: (sample) => console.log(line(sample)),
})
const { samples, counts, kills, wrong, log } = report
const [start, middle, end] = [0.05, 0.5, 1].map((part) => samples[Math.ceil(samples.length * part) - 1]!)
console.log(`\nQueries: ${JSON.stringify(counts)}; engines killed: ${kills}`)
console.log(`Memory at the start, in the middle and at the end:\n${[start!, middle!, end!].map(line).join('\n')}`)
if (log) console.log(`The server wrote:\n${log}`)
for (const what of wrong) console.log(`WRONG: ${what}`)
const grown = end!.serverBytes - middle!.serverBytes
if (grown > MOST_GROWTH_BYTES) console.log(`WRONG: the server grew by ${mib(grown)} in the second half`)
process.exitCode = wrong.length > 0 || log !== '' || grown > MOST_GROWTH_BYTES ? 1 : 0
