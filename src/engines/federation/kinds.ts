/** Connectors by kind. Each is loaded where a source of its kind is met. */

import {
  type Connector,
  type ConnectorHost,
  type SourceDefinition,
  SourceError,
} from '../../core/federation/connector.ts'
import type { FunctionEndpoints } from '../lambda/invocation.ts'

/** What the operator lets connectors do. */
export interface ConnectorSettings {
  /** SQLite files are read from below this directory, or none are. */
  readonly sqliteDirectory?: string
  readonly functions?: FunctionEndpoints
}

export async function openConnector(
  source: SourceDefinition,
  host: ConnectorHost,
  { sqliteDirectory, functions = {} }: ConnectorSettings,
): Promise<Connector> {
  switch (source.kind) {
    case 'sqlite': {
      const { openSqlite } = await import('../sqlite/connector.ts')
      return openSqlite(sqliteDirectory)(source, host)
    }
    case 'postgresql': {
      const { openPostgres } = await import('../postgres/connector.ts')
      return openPostgres(source, host)
    }
    case 'mysql':
    case 'mariadb': {
      const { openMysql } = await import('../mysql/connector.ts')
      return openMysql(source, host)
    }
    case 'lambda': {
      const { openLambda } = await import('../lambda/connector.ts')
      return openLambda(functions)(source, host)
    }
    default:
      throw new SourceError(`There is no connector for sources of kind ${source.kind}`)
  }
}
