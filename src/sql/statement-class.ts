import type { Statement } from './ast.ts'
import type { AlterTableAction } from './hive/ast.ts'

/** StatementType and SubstatementType of GetQueryExecution, with the values observed on Athena engine version 3. */
export interface StatementClass {
  readonly type: 'DML' | 'DDL' | 'UTILITY'
  readonly substatement: string
}

const dml = (substatement: string): StatementClass => ({ type: 'DML', substatement })
const ddl = (substatement: string): StatementClass => ({ type: 'DDL', substatement })
const utility = (substatement: string): StatementClass => ({ type: 'UTILITY', substatement })

const CLASSES: Readonly<Record<Exclude<Statement['kind'], 'alter-table'>, StatementClass>> = {
  query: dml('SELECT'),
  explain: dml('EXPLAIN'),
  'create-table-as': ddl('CREATE_TABLE_AS_SELECT'),
  insert: dml('INSERT'),
  delete: dml('DELETE'),
  update: dml('UPDATE'),
  merge: dml('MERGE'),
  unload: dml('UNLOAD'),
  'create-view': ddl('CREATE_VIEW'),
  'drop-view': ddl('DROP_VIEW'),
  prepare: utility('PREPARE'),
  execute: utility('EXECUTE'),
  deallocate: utility('DEALLOCATE'),
  // Athena runs compaction as a query that writes, and calls it so.
  optimize: ddl('CREATE_TABLE_AS_SELECT'),
  vacuum: ddl('VACUUM_TABLE'),
  'create-database': ddl('CREATE_DATABASE'),
  'drop-database': ddl('DROP_DATABASE'),
  'alter-database': ddl('ALTER_DATABASE'),
  'create-table': ddl('CREATE_TABLE'),
  'drop-table': ddl('DROP_TABLE'),
  'msck-repair': ddl('MSCK_REPAIR'),
  grant: ddl('GRANT'),
  revoke: ddl('REVOKE'),
  'show-databases': utility('SHOW_DATABASES'),
  'show-tables': utility('SHOW_TABLES'),
  'show-views': utility('SHOW_VIEWS'),
  'show-columns': utility('SHOW_COLUMNS'),
  'show-partitions': utility('SHOW_PARTITIONS'),
  'show-create-table': utility('SHOW_CREATE_TABLE'),
  'show-create-view': utility('SHOW_CREATE_VIEW'),
  'show-tblproperties': utility('SHOW_TABLE_PROPERTIES'),
  'show-functions': utility('SHOW_FUNCTIONS'),
  describe: utility('DESCRIBE_TABLE'),
  'describe-view': utility('DESC_VIEW'),
}

const ALTERATIONS: Readonly<Record<AlterTableAction['kind'], string>> = {
  'add-columns': 'ALTER_TABLE_ADD_COLUMN',
  'replace-columns': 'ALTER_TABLE_REPLACE_COLUMN',
  'change-column': 'ALTER_TABLE_CHANGE_COLUMN',
  'drop-column': 'ALTER_TABLE_DROP_COLUMN',
  'add-partitions': 'ALTER_TABLE_ADD_PARTITION',
  'drop-partitions': 'ALTER_TABLE_DROP_PARTITION',
  'rename-partition': 'ALTER_TABLE_RENAME_PARTITION',
  'set-location': 'ALTER_TABLE_SET_LOCATION',
  'set-properties': 'ALTER_TABLE_PROPERTIES',
  'unset-properties': 'ALTER_TABLE_PROPERTIES',
  rename: 'ALTER_TABLE_RENAME',
}

/** DESCRIBE and SHOW COLUMNS of a view are DESC_VIEW: only who knows the catalog can tell. */
export function classify(statement: Statement): StatementClass {
  return statement.kind === 'alter-table' ? ddl(ALTERATIONS[statement.action.kind]) : CLASSES[statement.kind]
}
