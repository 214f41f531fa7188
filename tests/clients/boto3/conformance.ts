/**
 * The conformance gate through botocore: what `tests/conformance` does with the JavaScript clients, with Python's; every
 * other round through the whole server.
 *
 *   node tests/clients/boto3/conformance.ts [--python <python with botocore>] [--rounds 2] [--seed 1] [service ...]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { loadModel, modelNames } from '../../../src/protocol/model.ts'
import type { Operation } from '../../../src/protocol/schema.ts'
import { adjustInput, adjustOutput, dropReturned, dropUnasked, isUndriven } from '../../conformance/artefacts.ts'
import { canonical, difference } from '../../conformance/comparison.ts'
import { type EchoServer, startEchoServer } from '../../conformance/echo-server.ts'
import { startPipelineServer } from '../../conformance/pipeline-server.ts'
import { generateStructure, seededRandom } from '../../conformance/values.ts'
import { adjustForBotocore, dropEncodingType, isSuperseded } from './conformance-artefacts.ts'

type Fields = Record<string, unknown>

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
})

const wires = await startEchoServer()
const server = await startPipelineServer()
const script = join(import.meta.dirname, 'conformance.py')
const python = spawn(options.python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()

const failures: string[] = []
let driven = 0
for (const name of positionals.length > 0 ? positionals : modelNames) {
  for (const operation of loadModel(name).operations.values()) {
    if (isUndriven(operation) || isSuperseded(operation)) continue
    driven += 1
    const failure = await driveRounds(operation, Number(options.seed) + driven)
    if (failure) failures.push(`${name} ${operation.name}: ${failure}`)
  }
}
python.stdin.end()
await once(python, 'exit')
await wires.close()
await server.close()
console.log(failures.concat(`${driven - failures.length} of ${driven} operations conform`).join('\n'))
if (failures.length > 0) process.exitCode = 1

async function driveRounds(operation: Operation, seed: number): Promise<string | undefined> {
  const random = seededRandom(seed)
  const wild = { random, model: operation.model, valid: false, knows: () => true }
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const whole = round % 2 === 1
    const context = { ...wild, valid: whole }
    const generated = operation.input ? generateStructure(operation.input, context) : {}
    if (!generated) continue
    const input = adjustInput(operation, generated)
    const output = operation.output ? adjustOutput(operation, generateStructure(operation.output, wild) ?? {}) : {}
    const failure = await drive(whole ? server : wires, operation, input, output)
    if (failure) return failure
  }
  return undefined
}

async function drive(
  echo: EchoServer,
  operation: Operation,
  input: Fields,
  output: Fields,
): Promise<string | undefined> {
  const expected = adjustForBotocore(operation, input, output)
  echo.last = undefined
  echo.failure = undefined
  echo.answer = () => output
  python.stdin.write(
    `${JSON.stringify({ endpoint: echo.endpoint, service: operation.model.name, operation: operation.name, input: tag(input) })}\n`,
  )
  const line = await answers.next()
  if (line.done) throw new Error('Python ended early')
  const answer = JSON.parse(line.value) as { output?: Fields; error?: string }
  if (answer.error) return String(echo.failure ?? answer.error)
  const arrived = echo.last as unknown as { operation: Operation; input: Fields } | undefined
  if (arrived?.operation !== operation) return `arrived as ${arrived?.operation.name}`
  dropUnasked(operation, input, arrived.input)
  dropEncodingType(input, arrived.input)
  const wrongInput = difference(canonical(input), canonical(arrived.input), 'input')
  if (wrongInput) return wrongInput
  const returned = untag(answer.output) as Fields
  dropReturned(operation, output, returned)
  return difference(canonical(expected), canonical(returned), 'output')
}

function tag(value: unknown): unknown {
  if (value instanceof Date) return { $time: value.getTime() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(tag)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tag(item)]))
}

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag)
  if (typeof value !== 'object' || value === null) return value
  const { $time, $bytes } = value as { $time?: number; $bytes?: string }
  if ($time !== undefined) return new Date($time)
  if ($bytes !== undefined) return Buffer.from($bytes, 'base64')
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)]))
}
