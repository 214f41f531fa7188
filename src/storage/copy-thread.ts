/** The other end of `local-copies`: what runs on the thread. Each step is a few microseconds of the kernel's, in place. */
import { rmSync, writeFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

export type ToCopyThread =
  | { readonly kind: 'write'; readonly files: readonly CopiedFile[] }
  | { readonly kind: 'delete'; readonly paths: readonly string[] }

export interface CopiedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** By the places of the question; absent for what went well. */
export type FromCopyThread = readonly (CopyFailure | undefined)[]

/** Of an error only this much passes from thread to thread. */
export interface CopyFailure {
  readonly code: string | undefined
  readonly message: string
}

function attempted(work: () => void): CopyFailure | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { code, message }
  }
}

parentPort?.on('message', (question: ToCopyThread) => {
  const answer: FromCopyThread =
    question.kind === 'write'
      ? question.files.map(({ path, bytes }) => attempted(() => writeFileSync(path, bytes)))
      : question.paths.map((path) => attempted(() => rmSync(path, { force: true })))
  parentPort?.postMessage(answer)
})
