/** PyIceberg from PyPI, kept outside of the repository (about 300 MB). Needs `python3` on the path. */
import { join } from 'node:path'
import { kept, runTool } from '../kept-downloads.ts'

const VERSION = '0.12.0'

/** A Python that has it. */
export async function fetchPyiceberg(): Promise<string> {
  const folder = await kept(`pyiceberg-${VERSION}`, async (staged) => {
    const venv = join(staged, 'venv')
    await runTool(staged, 'python3', '-m', 'venv', venv)
    const wanted = `pyiceberg[glue,pyarrow,pyiceberg-core]==${VERSION}`
    await runTool(staged, join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', wanted)
  })
  return join(folder, 'venv', 'bin', 'python')
}
