/** The functions of Lambda that a plan declares, as functions of an instance: a chunk of rows is a request. */
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  LIST,
  SMALLINT,
  STRUCT,
  TIMESTAMP,
  TINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import { columnType } from '../../../core/queries/column-type.ts'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import { builderOf } from '../../../formats/vector-builders.ts'
import type { ColumnField, ColumnType } from '../../../formats/vectors.ts'
import { externalName } from '../../../sql/duckdb/types.ts'
import type { ExternalFunction } from '../../../sql/plan.ts'
import type { PlanMessage } from '../messages.ts'
import { addRows } from '../sinks/chunk-rows.ts'
import type { CallReply } from './call-thread.ts'
import type { SynchronousCalls } from './synchronous-calls.ts'
import { vectorItems } from './vector-items.ts'

/** An event of Lambda has 6 MB at most (lambda dg, gettingstarted-limits), in which four characters are three bytes. */
const MOST_BYTES = 4_500_000
/** In what DuckDB says when a function has failed. */
const FAILED = 'An external function has failed'

type Caller = NonNullable<PlanMessage['caller']>

export class ExternalFunctions {
  readonly #calls: SynchronousCalls
  readonly #functions: readonly ExternalFunction[]
  readonly #caller: Caller | undefined
  #failure: Error | undefined

  constructor({ query, caller }: Pick<PlanMessage, 'query' | 'caller'>, calls: SynchronousCalls) {
    this.#calls = calls
    this.#functions = query.externals ?? []
    this.#caller = caller
  }

  get names(): readonly string[] {
    return this.#functions.map(externalName)
  }

  define(connection: DuckDBConnection): void {
    for (const external of this.#functions) connection.registerScalarFunction(this.#scalar(external))
  }

  /** What is to be told of a plan that has failed with `error`. */
  reasonOf(error: unknown): unknown {
    const isOurs = this.#failure !== undefined && error instanceof Error && error.message.includes(FAILED)
    return isOurs ? this.#failure : error
  }

  /** Of a plan that has succeeded though a call has not: `TRY` hides only what Trino lists, which no function's error is. */
  requireNoFailure(): void {
    if (this.#failure) throw this.#failure
  }

  #scalar(external: ExternalFunction): DuckDBScalarFunction {
    const parameters = external.parameters.map((type, i) => ({ name: String(i), type: columnType(type) }))
    const result = columnType(external.result)
    return DuckDBScalarFunction.create({
      name: externalName(external),
      parameterTypes: parameters.map(({ type }) => engineType(type)),
      returnType: engineType(result),
      // A function is called with the nulls too, as Athena's are.
      specialHandling: true,
      mainFunction: (_info, input, output) => {
        const items = this.#items(external, parameters, result, input, 0, input.rowCount)
        for (const [row, item] of items.entries()) output.setItem(row, item)
        output.flush()
      },
    })
  }

  /** Rows `from` to `to`, in as many requests as their bytes take. */
  #items(
    external: ExternalFunction,
    parameters: readonly ColumnField[],
    result: ColumnType,
    input: DuckDBDataChunk,
    from: number,
    to: number,
  ): DuckDBValue[] {
    const builders = parameters.map(({ type }) => builderOf(type))
    addRows(input, from, to, parameters, builders)
    const rows = to - from
    if (rows > 1 && builders.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > MOST_BYTES) {
      const middle = from + (rows >> 1)
      return [
        ...this.#items(external, parameters, result, input, from, middle),
        ...this.#items(external, parameters, result, input, middle, to),
      ]
    }
    const { method, lambda } = external
    const { account, queryId } = this.#caller!
    const columns = builders.map((builder) => builder.finish())
    const reply = this.#calls.call({ lambda, account, call: { method, parameters, result, columns, rows, queryId } })
    if (reply.kind === 'done') return vectorItems(reply.values, result)
    this.#failure ??= failureOf(reply)
    throw new Error(FAILED)
  }
}

const failureOf = ({ told, message }: Extract<CallReply, { kind: 'failed' }>): Error =>
  told ? new EngineError('GENERIC_USER_ERROR', message) : new Error(message)

const SCALARS: Readonly<Partial<Record<ColumnType['kind'], DuckDBType>>> = {
  boolean: BOOLEAN,
  tinyint: TINYINT,
  smallint: SMALLINT,
  int: INTEGER,
  long: BIGINT,
  float: FLOAT,
  double: DOUBLE,
  string: VARCHAR,
  varchar: VARCHAR,
  binary: BLOB,
  date: DATE,
  timestamp: TIMESTAMP,
}

function engineType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'decimal':
      return DECIMAL(type.precision, type.scale)
    case 'list':
      return LIST(engineType(type.element))
    case 'struct':
      return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name, engineType(field.type)])))
    default: {
      const scalar = SCALARS[type.kind]
      if (!scalar) throw new TypeError(`no external function takes ${type.kind}`)
      return scalar
    }
  }
}
