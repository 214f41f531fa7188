/**
 * Permissions: what each principal may do with the catalog and see of its tables. The one place where it is decided; who
 * asks is a principal of ours, and how a decision is made to hold is the business of whoever asks. Knows no engine, and no
 * SQL but the texts of row filters, which it does not read.
 */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import { foldName } from '../catalog/names.ts'
import type { StateStore } from '../ports.ts'
import {
  type Decision,
  decideDatabase,
  decideTable,
  everythingOf,
  isGoverned,
  optsIn,
  type TableDecision,
} from './decision.ts'
import { lakePrincipal, lakePrincipals } from './lake-principal.ts'
import { type RegisteredLocation, registeredAt } from './locations.ts'
import { closesAnything, closesDatabase } from './openness.ts'
import { type Permission, spelledOut } from './permission.ts'
import { resourceKey, type TableName } from './resource.ts'
import { type CatalogRules, type PrincipalRights, rightsOf, rulesOf } from './rights.ts'
import { catalogsBelow, changesOf } from './spaces.ts'

/** Principals whose compiled rights are kept, of one catalog; their grants may be many. */
const KEPT_PRINCIPALS = 1024

interface Compiled {
  readonly changes: number
  readonly rules: CatalogRules
  readonly rights: Map<string, PrincipalRights>
}

export class Permissions {
  /** Where they are kept. */
  readonly state: StateStore
  readonly #compiled = new Map<string, Compiled>()

  constructor(state: StateStore) {
    this.state = state
  }

  /** Whoever is asked about may do everything: nothing has to be looked up. */
  isUnlimited(principal: Principal | undefined): boolean {
    return principal === undefined || principal.kind === 'root'
  }

  table(principal: Principal, scope: Scope, name: TableName): TableDecision {
    return this.tables(principal, scope)(name)
  }

  /** For many tables of one catalog: what is compiled is looked for once. */
  tables(principal: Principal, scope: Scope): (name: TableName) => TableDecision {
    if (this.isUnlimited(principal)) return () => everythingOf({ by: 'root' })
    const { rules, rights } = this.compiled(principal, scope)
    return ({ database, table }) => decideTable(rights, rules, { database: foldName(database), table: foldName(table) })
  }

  database(principal: Principal, scope: Scope, name: string): Decision {
    return this.databases(principal, scope)(name)
  }

  databases(principal: Principal, scope: Scope): (name: string) => Decision {
    if (this.isUnlimited(principal))
      return () => ({ permissions: new Map(spelledOut('database', ['ALL']).map((one) => [one, [{ by: 'root' }]])) })
    const { rules, rights } = this.compiled(principal, scope)
    return (name) => decideDatabase(rights, rules, foldName(name))
  }

  /** Whether the principal may do this with the catalog itself. */
  mayInCatalog(principal: Principal, scope: Scope, permission: Permission): boolean {
    if (this.isUnlimited(principal)) return true
    const { rules, rights } = this.compiled(principal, scope)
    if (rights.administers || !closesDatabase(rules.openness, resourceKey({ kind: 'catalog' }))) return true
    return rights.catalog.some((grant) => spelledOut('catalog', grant.permissions).includes(permission))
  }

  compiled(principal: Principal, scope: Scope): { readonly rules: CatalogRules; readonly rights: PrincipalRights } {
    const compiled = this.#current(scope)
    const principals = lakePrincipals(principal)
    const key = principals.join(' ')
    const known = compiled.rights.get(key)
    if (known) return { rules: compiled.rules, rights: known }
    const rights = rightsOf(this.state, scope, principals, compiled.rules)
    if (compiled.rights.size >= KEPT_PRINCIPALS) compiled.rights.clear()
    compiled.rights.set(key, rights)
    return { rules: compiled.rules, rights }
  }

  rules(scope: Scope): CatalogRules {
    return this.#current(scope).rules
  }

  /** The same for as long as the principal sees the same of everything; undefined for whoever sees all. */
  rightsKey(principal: Principal, scope: Scope): string | undefined {
    if (this.isUnlimited(principal)) return undefined
    return `${lakePrincipal(principal)} ${this.#current(scope).changes}`
  }

  /** Whether anything of the catalog is hidden from the principal, be it rows or names. */
  hides(principal: Principal | undefined, scope: Scope): boolean {
    if (!principal || this.isUnlimited(principal)) return false
    const { rules, rights } = this.compiled(principal, scope)
    return closesAnything(rules.openness) || rights.optIns.size > 0
  }

  /** The same of all catalogs of the account, those below its own too: of what a query may have read. */
  hidesAnywhere(principal: Principal | undefined, scope: Scope): boolean {
    if (this.hides(principal, scope)) return true
    return Iterator.from(catalogsBelow(this.state, scope)).some((below) => this.hides(principal, below))
  }

  /** Whether names of the catalog are hidden from the principal, so that nothing is told of those that there are not. */
  hidesNames(principal: Principal | undefined, scope: Scope): boolean {
    return this.hides(principal, scope) && !this.compiled(principal!, scope).rights.describesAll
  }

  /** Whether grants decide what the principal may do with the table, and not policies of IAM alone. */
  governs(principal: Principal, scope: Scope, { database, table }: TableName): boolean {
    if (this.isUnlimited(principal)) return false
    const { rules, rights } = this.compiled(principal, scope)
    return isGoverned(rights, rules, { database: foldName(database), table: foldName(table) })
  }

  /** Whether the principal has asked for that where others are let in by IAM. */
  optsIn(principal: Principal, scope: Scope, { database, table }: TableName): boolean {
    if (this.isUnlimited(principal)) return false
    const { rights } = this.compiled(principal, scope)
    return optsIn(rights, { database: foldName(database), table: foldName(table) })
  }

  /** The registered place that an ARN of S3's lies in. */
  registered(scope: Scope, arn: string): RegisteredLocation | undefined {
    return registeredAt(this.state, scope, arn)
  }

  #current(scope: Scope): Compiled {
    const key = `${scope.account}/${scope.region}`
    const changes = changesOf(this.state, scope)
    const known = this.#compiled.get(key)
    if (known?.changes === changes) return known
    const fresh = { changes, rules: rulesOf(this.state, scope), rights: new Map<string, PrincipalRights>() }
    this.#compiled.set(key, fresh)
    return fresh
  }
}
