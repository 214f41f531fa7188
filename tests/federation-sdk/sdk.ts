/** AWS's federation SDK, brought by Maven and kept outside of the repository (about 90 MB), and programs that use it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findJava } from '../../tools/java.ts'
import { copyLibraries, kept } from '../../tools/kept-downloads.ts'

const SDK_VERSION = '2026.24.1'
/** What the SDK is built with, and leaves to whoever runs it. */
const ARROW_VERSION = '18.3.0'

export interface FederationSdk {
  /** Runs a program beside this file; what it prints comes to whoever reads its output. */
  run(program: 'functions' | 'client', args: readonly string[], options: RunOptions): ChildProcess
}

interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  readonly properties?: Readonly<Record<string, string>>
}

/** Throws where Maven or Java 17 cannot be had. */
export async function fetchFederationSdk(): Promise<FederationSdk> {
  const java = await findJava()
  const folder = await kept(`athena-federation-sdk-${SDK_VERSION}`, (staged) =>
    copyLibraries(
      staged,
      `com.amazonaws:aws-athena-federation-sdk:${SDK_VERSION}`,
      `org.apache.arrow:arrow-vector:${ARROW_VERSION}`,
      `org.apache.arrow:arrow-memory-unsafe:${ARROW_VERSION}`,
    ),
  )
  return {
    run(program, args, { env, properties = {} }) {
      const source = fileURLToPath(new URL(`./${program}.java`, import.meta.url))
      const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)
      // Arrow reaches into the memory of buffers.
      const flags = ['--add-opens=java.base/java.nio=ALL-UNNAMED', ...defined, '-cp', join(folder, 'lib', '*')]
      return spawn(java, [...flags, source, ...args], {
        env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
        stdio: ['pipe', 'pipe', 'inherit'],
      })
    },
  }
}
