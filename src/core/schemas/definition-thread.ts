/** The other end of `asked-definitions`: what runs on the thread. */
import { parentPort } from 'node:worker_threads'
import { type Compatibility, compatibilityFault, definitionFault, type SchemaFormat } from './definition.ts'

export interface ToDefinitionThread {
  readonly format: SchemaFormat
  readonly definition: string
  /** Whether it may follow others, the latest of them last; without them, whether it is sound. */
  readonly follows?: { readonly mode: Compatibility; readonly earlier: readonly string[] }
}
/** What is wrong; undefined when nothing is. */
export type FromDefinitionThread = string | undefined

parentPort?.on('message', ({ format, definition, follows }: ToDefinitionThread) =>
  parentPort?.postMessage(
    follows
      ? compatibilityFault(format, follows.mode, definition, follows.earlier)
      : definitionFault(format, definition),
  ),
)
