/** Findings as SARIF 2.1.0, which code hosts show beside a change. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import { type Finding, RULES } from '../src/core/advice/facts.ts'

export interface SarifInput {
  readonly version: string
  readonly findings: readonly (Finding & { readonly text: string })[]
}

export function sarif({ version, findings }: SarifInput): object {
  const ids = Object.keys(RULES) as (keyof typeof RULES)[]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'lentic',
            version,
            rules: ids.map((id) => ({ id, shortDescription: { text: RULES[id] } })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: ids.indexOf(finding.rule),
          level: finding.level,
          message: { text: finding.text },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: encodeURI(finding.location) } },
              logicalLocations: [{ fullyQualifiedName: finding.table, kind: 'resource' }],
            },
          ],
          partialFingerprints: { ruleAndTable: `${finding.rule}/${finding.table}` },
          properties: { statement: finding.statement, glue: finding.glue, saving: finding.saving },
        })),
      },
    ],
  }
}
