/**
 * `npm run soak:iceberg -- --minutes 10 --writers 16 --python .venv/bin/python`: writers by SQL, half of them by pyiceberg where
 * a Python that has it is named. Ends with 1 when anything was wrong.
 */
import { parseArgs } from 'node:util'
import { icebergSoak } from './iceberg-soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    writers: { type: 'string', default: '16' },
    'kill-every': { type: 'string', default: '60' },
    python: { type: 'string' },
  },
})
const writers = Number(values.writers)
const others = values.python ? Math.floor(writers / 2) : 0
const report = await icebergSoak({
  sqlWriters: writers - others,
  ...(values.python && { pyiceberg: { python: values.python, writers: others } }),
  forMs: Number(values.minutes) * 60_000,
  killEveryMs: Number(values['kill-every']) * 1000,
})
const { kills, snapshots, rows, wrong } = report
console.log(
  `${kills} kills, ${snapshots} snapshots; rows in, out and unknown: ${rows.in}, ${rows.out}, ${rows.unknown}`,
)
for (const what of wrong) console.log(`WRONG: ${what}`)
process.exitCode = wrong.length > 0 ? 1 : 0
