/** Every query of a soak: what it was to come to, and what it came to. The judge of whether one was lost. */
import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena'

/** How a query may end though its text is sound: its engine was killed under it. */
const ENGINE_DIED = /^GENERIC_INTERNAL_ERROR: The query engine ended unexpectedly/
const BATCH = 50

export class Ledger {
  readonly #ended = new Map<string, string>()
  readonly #wrong: string[] = []
  readonly #counts = new Map<string, number>()

  /** Queries by how they ended, and what else was counted. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  get wrong(): readonly string[] {
    return this.#wrong
  }

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  /** Something that must not happen. */
  accuse(what: string): void {
    this.#wrong.push(what)
  }

  /** The first final state that a client has seen. */
  enter({ QueryExecutionId: id, Status, Query }: QueryExecution): void {
    const state = Status!.State!
    if (this.#ended.has(id!)) this.accuse(`${id} was given out twice: ${Query}`)
    this.#ended.set(id!, state)
    this.count(diedOf(Status?.StateChangeReason) ? 'FAILED with their engine' : state)
  }

  /** Asks the server about every query once more: each is there, in the state it was seen in, and no other is. */
  async audit(athena: AthenaClient): Promise<void> {
    const listed = await listedQueries(athena)
    for (const id of this.#ended.keys()) if (!listed.has(id)) this.accuse(`${id} is not listed`)
    const ids = [...listed]
    for (let at = 0; at < ids.length; at += BATCH) {
      const { QueryExecutions } = await athena.send(
        new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids.slice(at, at + BATCH) }),
      )
      for (const { QueryExecutionId: id, Status, Query } of QueryExecutions!)
        if (this.#ended.get(id!) !== Status!.State)
          this.accuse(`${id} was ${this.#ended.get(id!) ?? 'never started by a client'}, is ${Status!.State}: ${Query}`)
    }
  }
}

export const diedOf = (reason: string | undefined): boolean => ENGINE_DIED.test(reason ?? '')

async function listedQueries(athena: AthenaClient): Promise<Set<string>> {
  const ids = new Set<string>()
  let NextToken: string | undefined
  do {
    const page = await athena.send(new ListQueryExecutionsCommand({ MaxResults: BATCH, NextToken }))
    for (const id of page.QueryExecutionIds!) ids.add(id)
    NextToken = page.NextToken
  } while (NextToken)
  return ids
}
