/**
 * The catalog with its links to other catalogs, of other accounts and below the own one, followed, one link far: what is asked of such a link is asked of its
 * target in the name of who asks, by whom its owner has let in; who does not see a link gets no further by it. Links inside
 * a catalog are followed where it is kept (`links`). docs: lake-formation dg, resource-links-glue-apis.
 */
import type { StateReader } from '../ports.ts'
import type { Catalog, Database, Scope, Table, TableAddress } from './catalog.ts'
import { hasLinksAbroad, leadsAbroad, meantTable } from './links.ts'
import { foldName } from './names.ts'

/** Where a name leads; `by`: the link that led there, absent where there was none. */
interface Place extends TableAddress {
  readonly scope: Scope
  readonly by?: 'table' | 'database'
}

type Follow = (scope: Scope, database: string, name: string) => Place

/** Throws as the catalog does for who may not see a link. */
export function linkedCatalog(inner: Catalog, state: StateReader): Catalog {
  const hasLinks = (scope: Scope): boolean => hasLinksAbroad(state, scope)
  const { databases } = inner
  const house = ({ account, region }: Scope): Scope => ({ account, region })
  const inAccount = (scope: Scope, account: string | undefined): Scope => ({ ...scope, account: account! })

  /** The link itself must be seen. */
  const homeOf = (scope: Scope, database: string): { readonly scope: Scope; readonly database: string } | undefined => {
    if (!hasLinks(scope)) return undefined
    const target = databases.find(house(scope), database)?.descriptor.TargetDatabase
    if (!target || !leadsAbroad(scope, target)) return undefined
    databases.get(scope, database)
    return { scope: inAccount(scope, target.CatalogId), database: foldName(target.DatabaseName ?? '') }
  }
  const follow: Follow = (scope, database, name) => {
    if (!hasLinks(scope)) return { scope, database, name }
    const home = homeOf(scope, database)
    if (home) return { ...home, name, by: 'database' }
    const target = inner.tables.find(house(scope), database, name)?.descriptor.TargetTable
    if (!target || !leadsAbroad(scope, target)) return { scope, database, name }
    inner.tables.get(scope, database, name)
    return {
      scope: inAccount(scope, target.CatalogId),
      database: foldName(target.DatabaseName ?? ''),
      name: foldName(target.Name ?? ''),
      by: 'table',
    }
  }
  const shownDatabase = (scope: Scope, own: Database): Database => {
    const home = own.descriptor.TargetDatabase && homeOf(scope, own.descriptor.Name)
    const target = home && databases.find(home.scope, home.database)
    if (!target) return own
    const { Name, TargetDatabase } = own.descriptor
    return { ...target, descriptor: { ...target.descriptor, Name, ...(TargetDatabase && { TargetDatabase }) } }
  }
  return {
    ...inner,
    databases: {
      ...databases,
      get: (scope, name) => shownDatabase(scope, databases.get(scope, name)),
      find(scope, name) {
        const own = databases.find(scope, name)
        return own && shownDatabase(scope, own)
      },
      list: (scope, page) => databases.list(scope, page).map((own) => shownDatabase(scope, own)),
      update: (scope, name, descriptor) => changeDatabase(scope, name, () => descriptor),
      change: (scope, name, changed) => changeDatabase(scope, name, changed),
    },
    tables: linkedTables(inner, follow, homeOf),
    partitions: linkedPartitions(inner, follow),
    partitionIndexes: {
      ...inner.partitionIndexes,
      create: (...[scope, database, table, index]) =>
        through(follow(scope, database, table), (...at) => inner.partitionIndexes.create(...at, index)),
      delete: (...[scope, database, table, name]) =>
        through(follow(scope, database, table), (...at) => inner.partitionIndexes.delete(...at, name)),
      list: (scope, database, table) =>
        through(follow(scope, database, table), (...at) => inner.partitionIndexes.list(...at)),
    },
    functions: linkedFunctions(inner, (scope, database) => homeOf(scope, database) ?? { scope, database }),
    statistics: {
      put: (scope, database, table, ...rest) =>
        through(follow(scope, database, table), (...at) => inner.statistics.put(...at, ...rest)),
      get: (scope, database, table, ...rest) =>
        through(follow(scope, database, table), (...at) => inner.statistics.get(...at, ...rest)),
      delete: (scope, database, table, ...rest) =>
        through(follow(scope, database, table), (...at) => inner.statistics.delete(...at, ...rest)),
    },
  }

  /** Through a link it is the target that changes. */
  async function changeDatabase(...[scope, name, changed]: Parameters<Catalog['databases']['change']>): Promise<void> {
    const home = homeOf(scope, name)
    if (!home) return databases.change(scope, name, changed)
    return databases.change(home.scope, home.database, (found) => {
      const { TargetDatabase: _, ...descriptor } = changed(found)
      return { ...descriptor, Name: home.database }
    })
  }
}

const through = <T>({ scope, database, name }: Place, work: (scope: Scope, database: string, name: string) => T): T =>
  work(scope, database, name)

function linkedTables(
  { tables }: Catalog,
  follow: Follow,
  homeOf: (scope: Scope, database: string) => { readonly scope: Scope; readonly database: string } | undefined,
): Catalog['tables'] {
  /** As it is called where it was asked for, so that by what it is called it is found again. */
  const abroad = (at: Scope, target: Table, asked: TableAddress, link?: Table): Table => {
    const { scope, name } = meantTable(at, target)
    return {
      ...target,
      database: foldName(asked.database),
      descriptor: {
        ...target.descriptor,
        Name: foldName(asked.name),
        ...(link?.descriptor.TargetTable && { TargetTable: link.descriptor.TargetTable }),
      },
      abroad: { account: scope.account, database: name.database, name: name.table },
    }
  }
  /** Who does not see the target sees the link. */
  const shown = (scope: Scope, link: Table): Table => {
    if (!link.descriptor.TargetTable) return link
    const asked = { database: link.database, name: link.descriptor.Name }
    const place = follow(scope, asked.database, asked.name)
    const target = place.by && tables.find(place.scope, place.database, place.name)
    return target ? abroad(place.scope, target, asked, link) : link
  }
  return {
    ...tables,
    find(scope, database, name) {
      const home = homeOf(scope, database)
      if (!home) {
        const own = tables.find(scope, database, name)
        return own && shown(scope, own)
      }
      const target = tables.find(home.scope, home.database, name)
      return target && abroad(home.scope, target, { database, name })
    },
    get(scope, database, name) {
      const home = homeOf(scope, database)
      if (!home) return shown(scope, tables.get(scope, database, name))
      return abroad(home.scope, tables.get(home.scope, home.database, name), { database, name })
    },
    list(scope, database, page) {
      const home = homeOf(scope, database)
      if (!home) return tables.list(scope, database, page).map((own) => shown(scope, own))
      return tables
        .list(home.scope, home.database, page)
        .map((target) => abroad(home.scope, target, { database, name: target.descriptor.Name }))
    },
    async create(scope, database, ...rest) {
      const home = homeOf(scope, database) ?? { scope, database }
      return tables.create(home.scope, home.database, ...rest)
    },
    async update(scope, database, descriptor, options) {
      const place = follow(scope, database, options.name ?? descriptor.Name)
      if (!place.by) return tables.update(scope, database, descriptor, options)
      const { TargetTable: _, ...changed } = descriptor
      // Through a table's link it is the target that changes, and keeps its name.
      const Name = place.by === 'table' ? place.name : descriptor.Name
      return tables.update(place.scope, place.database, { ...changed, Name }, { ...options, name: place.name })
    },
    async delete(scope, database, name) {
      const home = homeOf(scope, database) ?? { scope, database }
      return tables.delete(home.scope, home.database, name)
    },
    versions: (scope, database, name, page) =>
      through(follow(scope, database, name), (...at) => tables.versions(...at, page)),
    version: (scope, database, name, version) =>
      through(follow(scope, database, name), (...at) => tables.version(...at, version)),
    deleteVersion: (scope, database, name, version) =>
      through(follow(scope, database, name), (...at) => tables.deleteVersion(...at, version)),
  }
}

function linkedPartitions({ partitions }: Catalog, follow: Follow): Catalog['partitions'] {
  return {
    create: (scope, database, table, ...rest) =>
      through(follow(scope, database, table), (...at) => partitions.create(...at, ...rest)),
    createEach: (scope, database, table, ...rest) =>
      through(follow(scope, database, table), (...at) => partitions.createEach(...at, ...rest)),
    get: (scope, database, table, values) =>
      through(follow(scope, database, table), (...at) => partitions.get(...at, values)),
    find: (scope, database, table, values) =>
      through(follow(scope, database, table), (...at) => partitions.find(...at, values)),
    list: (scope, database, table, options) =>
      through(follow(scope, database, table), (...at) => partitions.list(...at, options)),
    values: (scope, database, table) => through(follow(scope, database, table), (...at) => partitions.values(...at)),
    update: (scope, database, table, ...rest) =>
      through(follow(scope, database, table), (...at) => partitions.update(...at, ...rest)),
    updateEach: (scope, database, table, updates) =>
      through(follow(scope, database, table), (...at) => partitions.updateEach(...at, updates)),
    delete: (scope, database, table, values) =>
      through(follow(scope, database, table), (...at) => partitions.delete(...at, values)),
  }
}

function linkedFunctions(
  { functions }: Catalog,
  homeOf: (scope: Scope, database: string) => { readonly scope: Scope; readonly database: string },
): Catalog['functions'] {
  const at = <T>(scope: Scope, database: string, work: (scope: Scope, database: string) => T): T => {
    const home = homeOf(scope, database)
    return work(home.scope, home.database)
  }
  return {
    create: (scope, database, descriptor) => at(scope, database, (...home) => functions.create(...home, descriptor)),
    get: (scope, database, name) => at(scope, database, (...home) => functions.get(...home, name)),
    list: (scope, database, page) =>
      database === undefined
        ? functions.list(scope, database, page)
        : at(scope, database, (...home) => functions.list(...home, page)),
    update: (scope, database, name, descriptor) =>
      at(scope, database, (...home) => functions.update(...home, name, descriptor)),
    delete: (scope, database, name) => at(scope, database, (...home) => functions.delete(...home, name)),
  }
}
