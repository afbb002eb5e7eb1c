import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featureTable } from './feature-table.ts'

const DOCS = new URL('../../docs/drivers.md', import.meta.url)

describe('the table of features in docs/drivers.md', () => {
  it('is what the drivers say; where it is not, paste what this test prints between the two marks', () => {
    const table = /<!-- features -->\n([\s\S]*?)\n<!-- \/features -->/.exec(readFileSync(DOCS, 'utf8'))?.[1]
    expect(table?.trim()).toBe(featureTable())
  })
})
