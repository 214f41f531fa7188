/**
 * Definitions of callers are checked on a thread of their own, one after the other and each within a measure of processor
 * time: how branches and references lie in each other may make more comparisons than anybody can wait for. The clock on the
 * wall would refuse small ones where others keep the machine busy.
 */
import { extname } from 'node:path'
import { AskedThread } from '../asked-thread.ts'
import type { Compatibility, SchemaFormat } from './definition.ts'
import type { FromDefinitionThread, ToDefinitionThread } from './definition-thread.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./definition-thread${extname(import.meta.url)}`, import.meta.url)
const MOST_PROCESSOR_MS = 5000
const LOOKS_EACH_MS = 250
const MOST_MIB = 512
const TOO_MUCH = 'it takes too long to check'

/** What is wrong with the definition; undefined when nothing is. */
export const askDefinitionFault = (format: SchemaFormat, definition: string): Promise<string | undefined> =>
  ask({ format, definition })

/** Why the definition cannot follow the earlier ones (the latest last) under the mode; undefined when it can. */
export const askCompatibilityFault = (
  format: SchemaFormat,
  mode: Compatibility,
  definition: string,
  earlier: readonly string[],
): Promise<string | undefined> => ask({ format, definition, follows: { mode, earlier } })

const causeOf = (error: unknown): string | undefined =>
  ((error as Error).cause as { readonly code?: string } | undefined)?.code

let thread: AskedThread<ToDefinitionThread, FromDefinitionThread> | undefined
let before: Promise<unknown> = Promise.resolve()

function ask(question: ToDefinitionThread): Promise<string | undefined> {
  const answer = before.then(() => answered(question))
  before = answer.catch(() => {})
  return answer
}

async function answered(question: ToDefinitionThread): Promise<string | undefined> {
  const asked = thread?.alive
    ? thread
    : new AskedThread<ToDefinitionThread, FromDefinitionThread>(THREAD, 'schemas', MOST_MIB)
  thread = asked
  let late = false
  const began = asked.processorMs()
  const looks = setInterval(async () => {
    if ((await asked.processorMs()) - (await began) < MOST_PROCESSOR_MS) return
    late = true
    void asked.end()
  }, LOOKS_EACH_MS)
  try {
    return await asked.ask(question)
  } catch (error) {
    if (late || causeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') return TOO_MUCH
    throw error
  } finally {
    clearInterval(looks)
  }
}
