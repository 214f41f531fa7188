/** `npm run crowd -- --connections 10000 --seconds 20`: the crowd by hand. Ends with 1 when another caller or memory suffers. */
import { parseArgs } from 'node:util'
import { mebibytes, milliseconds, quantile, times } from '../../bench/measure.ts'
import type { KeptMemory } from '../soak/server-memory.ts'
import { crowd, suffering, type Turns } from './crowd.ts'

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '20' } },
})
const connections = Number(values.connections)
const report = await crowd({ connections, forMs: Number(values.seconds) * 1000 })
const { alone, beside, before, height, after } = report

const turns = (what: string, of: (turns: Turns) => readonly number[]): string =>
  [0.5, 0.99]
    .map((part) => {
      const [without, among] = [quantile(of(alone), part), quantile(of(beside), part)]
      const name = part === 0.5 ? 'median' : '99th percentile'
      return `${what}, ${name}: alone ${milliseconds(without)}, beside the crowd ${milliseconds(among)} (${times(among / without)})`
    })
    .join('\n')
const memory = (when: string, { heapBytes, externalBytes, residentBytes }: KeptMemory): string =>
  `${when}: heap ${mebibytes(heapBytes)}, buffers ${mebibytes(externalBytes)}, resident ${mebibytes(residentBytes)}`
const each = (of: (memory: KeptMemory) => number): number => Math.round((of(height) - of(before)) / connections)

console.log(`${report.crowd.open} connected at the end, ${report.crowd.hungUp} hung up on before`)
console.log(turns('A small call', ({ callMs }) => callMs))
console.log(turns('SELECT 1', ({ queryMs }) => queryMs))
console.log(`(${beside.callMs.length} calls and ${beside.queryMs.length} queries beside the crowd, none failed)`)
console.log(memory('Before', before))
console.log(memory('At the height', height))
console.log(memory('After', after))
console.log(
  `Most resident: alone ${mebibytes(alone.residentBytes)}, beside the crowd ${mebibytes(beside.residentBytes)}`,
)
console.log(`A connection: ${each((m) => m.heapBytes)} bytes of heap, ${each((m) => m.residentBytes)} resident`)
const wrong = suffering(report, connections)
for (const what of wrong) console.log(`WRONG: ${what}`)
process.exitCode = wrong.length === 0 ? 0 : 1
