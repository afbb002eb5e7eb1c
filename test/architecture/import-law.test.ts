import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseOptions, type IFlattenedRuleSet } from 'dependency-cruiser'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const law: { forbidden: NonNullable<IFlattenedRuleSet['forbidden']>; options: ICruiseOptions } = createRequire(
  import.meta.url,
)('../../.dependency-cruiser.cjs')

/** The names of the rules that a source tree of these files breaks. */
async function brokenRules(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-law-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const { tsConfig: _none, ...options } = law.options
    const { output } = await cruise(['src'], {
      ...options,
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden: law.forbidden },
    })
    if (typeof output === 'string') throw new Error('expected a result, not a text')
    return [...new Set(output.summary.violations.map((violation) => violation.rule.name))].sort()
  } finally {
    await rm(folder, { recursive: true })
  }
}

const VALUE = 'export const value = 1\n'
const importing = (path: string) => `import { value } from '${path}'\nexport const other = value\n`

describe('the law of imports', () => {
  it('lets imports go down', async () => {
    const broken = await brokenRules({
      'src/core/ground.ts': VALUE,
      'src/database/floor.ts': importing('../core/ground.ts'),
      'src/ledger/room.ts': importing('../core/ground.ts'),
      'src/ledger/desk.ts': importing('../database/floor.ts'),
      'src/ledger/chair.ts': importing('./desk.ts').replace('value }', 'other as value }'),
      'src/pipeline/corridor.ts': importing('../ledger/room.ts'),
      'src/graph/face.ts': importing('../pipeline/corridor.ts'),
      'src/server/door.ts': importing('../graph/face.ts'),
      'src/main.ts': importing('./server/door.ts'),
      'src/simulator/main.ts': importing('../core/ground.ts'),
    })

    expect(broken).toEqual([])
  })

  it.each([
    ['from room to room', 'src/catalog/a.ts', 'src/routing/b.ts', 'rooms-import-down-only'],
    ['up, from a room', 'src/catalog/a.ts', 'src/pipeline/b.ts', 'rooms-import-down-only'],
    ['up, from the ground', 'src/core/a.ts', 'src/ledger/b.ts', 'core-imports-down-only'],
    ['up, from the corridor', 'src/pipeline/a.ts', 'src/graph/b.ts', 'pipeline-imports-down-only'],
    ['up, from the face', 'src/graph/a.ts', 'src/server/b.ts', 'graph-imports-down-only'],
    ['of a room, from the database', 'src/database/a.ts', 'src/ledger/b.ts', 'database-imports-down-only'],
    ['of a room, from the simulator', 'src/simulator/a.ts', 'src/drivers/b.ts', 'simulator-imports-down-only'],
    ['of the top', 'src/server/a.ts', 'src/main.ts', 'nobody-imports-the-top'],
    ['from a folder without a place', 'src/helpers/a.ts', 'src/core/b.ts', 'every-folder-has-its-place'],
  ])('reports an import %s', async (_name, from, to, rule) => {
    const target = `../${to.replace('src/', '')}`

    expect(await brokenRules({ [from]: importing(target), [to]: VALUE })).toContain(rule)
  })

  it('reports an import of a type alone', async () => {
    const files = {
      'src/access/a.ts': "import type { Row } from '../ledger/b.ts'\nexport type Mine = Row\n",
      'src/ledger/b.ts': 'export type Row = 1\n',
    }

    expect(await brokenRules(files)).toEqual(['rooms-import-down-only'])
  })

  it('reports a cycle', async () => {
    const files = { 'src/cache/a.ts': importing('./b.ts'), 'src/cache/b.ts': importing('./a.ts') }

    expect(await brokenRules(files)).toEqual(['no-cycles'])
  })

  it('reports a cycle of types', async () => {
    const files = {
      'src/cache/a.ts': "import type { B } from './b.ts'\nexport type A = B\n",
      'src/cache/b.ts': "import type { A } from './a.ts'\nexport type B = A\n",
    }

    expect(await brokenRules(files)).toEqual(['no-cycles'])
  })

  it('reports anything of Node in the ground', async () => {
    const files = { 'src/core/a.ts': "import { readFile } from 'node:fs'\nexport const read = readFile\n" }

    expect(await brokenRules(files)).toEqual(['core-imports-nothing'])
  })

  it('gives every folder of src its place', async () => {
    const entries = await readdir(join(root, 'src'), { withFileTypes: true })
    const files = Object.fromEntries(
      entries.filter((entry) => entry.isDirectory()).map((entry) => [`src/${entry.name}/a.ts`, importing('./b.ts')]),
    )

    expect(await brokenRules(files)).not.toContain('every-folder-has-its-place')
  })
})
