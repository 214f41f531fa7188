/**
 * Permissions: what each principal may do with the catalog and see of its tables. The one place where it is decided; who
 * asks is a principal of ours, and how a decision is made to hold is the business of whoever asks. Knows no engine, and no
 * SQL but the texts of row filters, which it does not read.
 */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import { foldName } from '../catalog/names.ts'
import { databaseArns, tableArns } from '../catalog/resource-arns.ts'
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
import { arnOfPlace, type RegisteredLocation, registeredAt } from './locations.ts'
import { closesAnything, closesDatabase } from './openness.ts'
import { type Permission, spelledOut } from './permission.ts'
import { resourceKey, type TableName } from './resource.ts'
import { type CatalogRules, type PrincipalRights, rightsOf, rulesOf } from './rights.ts'
import { settingsOf } from './settings.ts'
import { isAbroad, sharedScope } from './shared-scopes.ts'
import { decideSharedDatabase, decideSharedTable, isOptedIn, type SharedRights } from './sharing.ts'
import { catalogsBelow, changesOf } from './spaces.ts'

/** Whether policies let somebody of another account do this in a catalog: the catalog's own, and theirs. */
export type Admission = (principal: Principal, region: string, action: string, resources: readonly string[]) => boolean

/** What of Glue's actions gives what, where grants do not decide. */
const BY_POLICIES = {
  table: {
    'glue:GetTable': ['SELECT', 'DESCRIBE'],
    'glue:UpdateTable': ['ALTER', 'INSERT', 'DELETE'],
    'glue:DeleteTable': ['DROP'],
  },
  database: {
    'glue:GetDatabase': ['DESCRIBE'],
    'glue:CreateTable': ['CREATE_TABLE'],
    'glue:UpdateDatabase': ['ALTER'],
    'glue:DeleteDatabase': ['DROP'],
  },
} as const satisfies Record<string, Record<string, readonly Permission[]>>

const OF_ITS_OWNERS: readonly Permission[] = ['ALTER', 'DROP']

/** Principals whose compiled rights are kept, of one catalog; their grants may be many. */
const KEPT_PRINCIPALS = 1024

interface Compiled {
  readonly changes: number
  readonly rules: CatalogRules
  readonly rights: Map<string, PrincipalRights>
}

/** Of another account's catalog, what an account has passed on. */
interface PassedOn {
  readonly changes: string
  readonly scope: Scope
  readonly rules: CatalogRules
  readonly rights: Map<string, PrincipalRights>
}

export class Permissions {
  /** Where they are kept. */
  readonly state: StateStore
  readonly #admits: Admission
  readonly #compiled = new Map<string, Compiled>()
  readonly #passedOn = new Map<string, PassedOn>()

  /** `admits`: nobody of another account unless it is given. */
  constructor(state: StateStore, admits: Admission = () => false) {
    this.state = state
    this.#admits = admits
  }

  /** Whoever is asked about may do everything with the catalog: nothing has to be looked up. */
  isUnlimited(principal: Principal | undefined, scope: Pick<Scope, 'account'>): boolean {
    return principal === undefined || (principal.kind === 'root' && !isAbroad(principal, scope))
  }

  table(principal: Principal, scope: Scope, name: TableName): TableDecision {
    return this.tables(principal, scope)(name)
  }

  /** For many tables of one catalog: what is compiled is looked for once. */
  tables(principal: Principal, scope: Scope): (name: TableName) => TableDecision {
    if (this.isUnlimited(principal, scope)) return () => everythingOf({ by: 'root' })
    if (isAbroad(principal, scope)) return this.#tablesAbroad(principal, scope)
    const { rules, rights } = this.compiled(principal, scope)
    return ({ database, table }) => decideTable(rights, rules, { database: foldName(database), table: foldName(table) })
  }

  database(principal: Principal, scope: Scope, name: string): Decision {
    return this.databases(principal, scope)(name)
  }

  databases(principal: Principal, scope: Scope): (name: string) => Decision {
    if (this.isUnlimited(principal, scope))
      return () => ({ permissions: new Map(spelledOut('database', ['ALL']).map((one) => [one, [{ by: 'root' }]])) })
    if (isAbroad(principal, scope)) return this.#databasesAbroad(principal, scope)
    const { rules, rights } = this.compiled(principal, scope)
    return (name) => decideDatabase(rights, rules, foldName(name))
  }

  /** Whether the principal may do this with the catalog itself. */
  mayInCatalog(principal: Principal, scope: Scope, permission: Permission): boolean {
    if (this.isUnlimited(principal, scope)) return true
    if (isAbroad(principal, scope)) return false
    const { rules, rights } = this.compiled(principal, scope)
    if (!closesDatabase(rules.openness, resourceKey({ kind: 'catalog' }))) return true
    // Administrators make catalogs and databases, and change and drop none that are others' (implicit-permissions).
    if (permission === 'DESCRIBE' ? rights.describesAll : rights.administers && !OF_ITS_OWNERS.includes(permission))
      return true
    const held = rights.catalog.flatMap((grant) => spelledOut('catalog', grant.permissions))
    if (permission === 'DESCRIBE') return held.length > 0
    return held.includes(permission) || (permission === 'CREATE_DATABASE' && rights.superUser.length > 0)
  }

  compiled(principal: Principal, scope: Scope): { readonly rules: CatalogRules; readonly rights: PrincipalRights } {
    return { rules: this.#current(scope).rules, rights: this.#rightsOf(scope, lakePrincipals(principal)) }
  }

  #rightsOf(scope: Scope, principals: readonly string[]): PrincipalRights {
    const compiled = this.#current(scope)
    const key = principals.join(' ')
    const known = compiled.rights.get(key)
    if (known) return known
    const rights = rightsOf(this.state, scope, principals, compiled.rules)
    if (compiled.rights.size >= KEPT_PRINCIPALS) compiled.rights.clear()
    compiled.rights.set(key, rights)
    return rights
  }

  rules(scope: Scope): CatalogRules {
    return this.#current(scope).rules
  }

  /** The same for as long as the principal sees the same of everything; undefined for whoever sees all. */
  rightsKey(principal: Principal, scope: Scope): string | undefined {
    if (this.isUnlimited(principal, scope)) return undefined
    return `${lakePrincipal(principal)} ${this.#current(scope).changes}`
  }

  /** Whether anything of the catalog is hidden from the principal, be it rows or names. */
  hides(principal: Principal | undefined, scope: Scope): boolean {
    if (!principal || this.isUnlimited(principal, scope)) return false
    if (isAbroad(principal, scope)) return true
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
    if (this.isUnlimited(principal, scope)) return false
    const name = { database: foldName(database), table: foldName(table) }
    if (isAbroad(principal, scope)) return decideSharedTable(this.shared(principal, scope), name) !== undefined
    const { rules, rights } = this.compiled(principal, scope)
    return isGoverned(rights, rules, name)
  }

  /** Whether the principal has asked for that where others are let in by IAM. */
  optsIn(principal: Principal, scope: Scope, { database, table }: TableName): boolean {
    if (this.isUnlimited(principal, scope)) return false
    const name = { database: foldName(database), table: foldName(table) }
    if (isAbroad(principal, scope)) return isOptedIn(this.shared(principal, scope), name)
    return optsIn(this.compiled(principal, scope).rights, name)
  }

  /** What the owner of a catalog and the principal's own account say of it together. */
  shared(principal: Principal, scope: Scope): SharedRights {
    const { rules, rights: direct } = this.compiled(principal, scope)
    const { account } = principal
    const share = this.#rightsOf(scope, [account])
    if (principal.kind === 'root') return { rules, direct, share, passedOn: 'root', passedOnRules: rules }
    const own = this.#passedOnBy(account, scope)
    const principals = lakePrincipals(principal)
    const key = principals.join(' ')
    const passedOn = own.rights.get(key) ?? rightsOf(this.state, own.scope, principals, own.rules)
    own.rights.set(key, passedOn)
    return { rules, direct, share, passedOn, passedOnRules: own.rules }
  }

  #tablesAbroad(principal: Principal, scope: Scope): (name: TableName) => TableDecision {
    const rights = this.shared(principal, scope)
    return (name) => {
      const [database, table] = [foldName(name.database), foldName(name.table)]
      const decision = decideSharedTable(rights, { database, table })
      if (decision) return decision
      const { permissions } = this.#byPolicies(principal, scope, 'table', tableArns(scope, undefined, database, table))
      return { permissions, readings: permissions.has('SELECT') ? [{ reason: { by: 'iam-allowed-principals' } }] : [] }
    }
  }

  #databasesAbroad(principal: Principal, scope: Scope): (name: string) => Decision {
    const rights = this.shared(principal, scope)
    return (name) => {
      const database = foldName(name)
      return (
        decideSharedDatabase(rights, database) ??
        this.#byPolicies(principal, scope, 'database', databaseArns(scope, undefined, database))
      )
    }
  }

  #byPolicies(
    principal: Principal,
    { region }: Scope,
    kind: keyof typeof BY_POLICIES,
    resources: readonly string[],
  ): Decision {
    const given = Object.entries(BY_POLICIES[kind]).flatMap(([action, permissions]: [string, readonly Permission[]]) =>
      this.#admits(principal, region, action, resources) ? permissions : [],
    )
    return { permissions: new Map(given.map((one) => [one, [{ by: 'iam-allowed-principals' }]])) }
  }

  #passedOnBy(account: string, owners: Scope): PassedOn {
    const scope = sharedScope(owners, account)
    const key = `${scope.account}/${scope.region}`
    const own = { account, region: scope.region }
    const changes = [owners, scope, own].map((one) => changesOf(this.state, one)).join(' ')
    const known = this.#passedOn.get(key)
    if (known?.changes === changes && known.rights.size < KEPT_PRINCIPALS) return known
    const { rules } = this.#current(owners)
    const ours = rulesOf(this.state, scope)
    const fresh: PassedOn = {
      changes,
      scope,
      rules: {
        ...rules,
        settings: settingsOf(this.state, own),
        filters: new Map([...rules.filters, ...ours.filters]),
      },
      rights: new Map(),
    }
    this.#passedOn.set(key, fresh)
    return fresh
  }

  /** The registered place that an ARN of S3's lies in. */
  registered(scope: Scope, arn: string): RegisteredLocation | undefined {
    return registeredAt(this.state, scope, arn)
  }

  /** Whether what lies at a location of the catalog is in a registered place. */
  registers(scope: Scope, location = ''): boolean {
    const arn = arnOfPlace(location)
    return arn !== undefined && this.registered(scope, arn) !== undefined
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
