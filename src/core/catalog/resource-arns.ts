/** What policies call the catalog's things: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html */
import type { Scope } from './catalog.ts'

/** The catalog itself, and below it the one that the id names: `sales`, `123456789012:sales`. */
export function catalogArns({ account, region }: Scope, catalogId: string | undefined): string[] {
  const { root, below } = parts(account, region, catalogId)
  return below === '' ? [`${root}:catalog`] : [`${root}:catalog`, `${root}:catalog/${below.slice(0, -1)}`]
}

export function databaseArns(scope: Scope, catalogId: string | undefined, database: string): string[] {
  const { root, below } = parts(scope.account, scope.region, catalogId)
  return [...catalogArns(scope, catalogId), `${root}:database/${below}${database.toLowerCase()}`]
}

export function tableArns(scope: Scope, catalogId: string | undefined, database: string, table: string): string[] {
  const { root, below } = parts(scope.account, scope.region, catalogId)
  const name = `${database}/${table}`.toLowerCase()
  return [...databaseArns(scope, catalogId, database), `${root}:table/${below}${name}`]
}

export function functionArns(scope: Scope, catalogId: string | undefined, database: string, name: string): string[] {
  const { root, below } = parts(scope.account, scope.region, catalogId)
  const of = `${database}/${name}`.toLowerCase()
  return [...databaseArns(scope, catalogId, database), `${root}:userDefinedFunction/${below}${of}`]
}

/** A scope may be that of a catalog below its account: `123456789012:sales`. */
function parts(scopeAccount: string, region: string, catalogId: string | undefined) {
  const [own = '', ...inside] = scopeAccount.split(':')
  const [owner, name] =
    catalogId === undefined || catalogId === own
      ? [own, inside.join(':')]
      : /^\d{12}$/.test(catalogId)
        ? [catalogId, '']
        : /^\d{12}:/.test(catalogId)
          ? [catalogId.slice(0, 12), catalogId.slice(13)]
          : [own, catalogId]
  return { root: `arn:aws:glue:${region}:${owner}`, below: name === '' ? '' : `${name}/` }
}
