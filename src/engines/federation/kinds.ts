/** Connectors by kind. Each is loaded where a source of its kind is met. */
import {
  type Connector,
  type ConnectorHost,
  type SourceDefinition,
  SourceError,
} from '../../core/federation/connector.ts'

/** What the operator lets connectors do. */
export interface ConnectorSettings {
  /** SQLite files are read from below this directory, or none are. */
  readonly sqliteDirectory?: string
}

export async function openConnector(
  source: SourceDefinition,
  _host: ConnectorHost,
  { sqliteDirectory }: ConnectorSettings,
): Promise<Connector> {
  switch (source.kind) {
    case 'sqlite': {
      const { openSqlite } = await import('../sqlite/connector.ts')
      return openSqlite(source, sqliteDirectory)
    }
    default:
      throw new SourceError(`There is no connector for sources of kind ${source.kind}`)
  }
}
