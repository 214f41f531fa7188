/** DuckDB with its own Iceberg extension, from PyPI, kept outside of the repository (about 150 MB). Needs `python3` on the path. */
import { join } from 'node:path'
import { kept, runTool } from '../kept-downloads.ts'

const VERSION = '1.5.5'
const EXTENSIONS = ['httpfs', 'avro', 'iceberg']

/** A Python that has it. */
export async function fetchDuckdbIceberg(): Promise<string> {
  const folder = await kept(`duckdb-iceberg-${VERSION}`, async (staged) => {
    const venv = join(staged, 'venv')
    await runTool(staged, 'python3', '-m', 'venv', venv)
    const wanted = ['duckdb', ...EXTENSIONS.map((name) => `duckdb-extension-${name}`)].map(
      (name) => `${name}==${VERSION}`,
    )
    await runTool(staged, join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', ...wanted)
  })
  return join(folder, 'venv', 'bin', 'python')
}
