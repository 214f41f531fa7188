/**
 * Writes one large object in parts and reads it back, and says how much the memory of the server grew meanwhile.
 * `node bench/large-object.ts [mebibytes]`, 5120 unless said otherwise; twice that much disk is needed for a moment.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { S3 } from '@aws-sdk/client-s3'
import { start } from '../src/main.ts'

const mebibyte = 1024 * 1024
const partBytes = 64 * mebibyte
const partsAtOnce = 4

if (process.send) await serve()
else await measure(Number(process.argv[2] ?? 5120) * mebibyte)

/** The server is a process of its own, so that the client's memory is not counted. */
async function serve(): Promise<void> {
  const dataDirectory = process.argv[2] ?? ''
  const { endpoint, credentials, region } = await start({ port: 0, dataDirectory })
  process.send?.({ endpoint, credentials, region, forcePathStyle: true })
}

async function measure(totalBytes: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lentic-bench-'))
  const server = fork(import.meta.filename, [directory])
  const [client] = (await once(server, 'message')) as [ConstructorParameters<typeof S3>[0]]
  const s3 = new S3({
    ...client,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  try {
    await s3.createBucket({ Bucket: 'lake' })
    await s3.putObject({ Bucket: 'lake', Key: 'warm', Body: Buffer.alloc(mebibyte) })
    const memory = watchMemory(server.pid ?? 0)
    const written = await timed(() => write(s3, totalBytes))
    const read = await timed(() => readBack(s3))
    if (read.result !== written.result) throw new Error('What was read is not what was written')
    const { baseMiB, peakMiB } = await memory.stop()
    const rate = (seconds: number) => `${Math.round(totalBytes / mebibyte / seconds)} MiB/s`
    console.log(
      `object      ${totalBytes / mebibyte} MiB in parts of ${partBytes / mebibyte} MiB, ${partsAtOnce} at once`,
    )
    console.log(`written     ${written.seconds.toFixed(1)} s, ${rate(written.seconds)}, completion included`)
    console.log(`read        ${read.seconds.toFixed(1)} s, ${rate(read.seconds)}`)
    console.log(`memory      ${baseMiB} MiB before, ${peakMiB} MiB at most: grew by ${peakMiB - baseMiB} MiB`)
  } finally {
    s3.destroy()
    server.kill()
    await once(server, 'exit')
    await rm(directory, { recursive: true, force: true })
  }
}

/** Every part differs. Answers the SHA-256 of it all. */
async function write(s3: S3, totalBytes: number): Promise<string> {
  const at = { Bucket: 'lake', Key: 'large' }
  const { UploadId } = await s3.createMultipartUpload(at)
  const hash = createHash('sha256')
  const parts: { PartNumber: number; ETag: string | undefined }[] = []
  const body = (number: number) => {
    const bytes = Buffer.alloc(Math.min(partBytes, totalBytes - (number - 1) * partBytes), 'lentic')
    bytes.writeUInt32BE(number)
    return bytes
  }
  const count = Math.ceil(totalBytes / partBytes)
  for (let first = 1; first <= count; first += partsAtOnce) {
    const numbers = Array.from({ length: Math.min(partsAtOnce, count - first + 1) }, (_, i) => first + i)
    const bodies = numbers.map(body)
    for (const bytes of bodies) hash.update(bytes)
    const sent = await Promise.all(
      numbers.map(async (PartNumber, i) => {
        const { ETag } = await s3.uploadPart({ ...at, UploadId, PartNumber, Body: bodies[i] })
        return { PartNumber, ETag }
      }),
    )
    parts.push(...sent)
  }
  await s3.completeMultipartUpload({ ...at, UploadId, MultipartUpload: { Parts: parts } })
  return hash.digest('hex')
}

async function readBack(s3: S3): Promise<string> {
  const { Body } = await s3.getObject({ Bucket: 'lake', Key: 'large' })
  const hash = createHash('sha256')
  for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk)
  return hash.digest('hex')
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const from = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - from) / 1000 }
}

/** Resident memory as Linux tells it, looked at ten times a second. */
function watchMemory(pid: number): { stop(): Promise<{ readonly baseMiB: number; readonly peakMiB: number }> } {
  const done = new AbortController()
  const watching = (async () => {
    let [baseMiB, peakMiB] = [0, 0]
    while (!done.signal.aborted) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      const now = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
      baseMiB ||= now
      peakMiB = Math.max(peakMiB, now)
      await setTimeout(100, undefined, { signal: done.signal }).catch(() => {})
    }
    return { baseMiB, peakMiB }
  })()
  return {
    stop() {
      done.abort()
      return watching
    },
  }
}
