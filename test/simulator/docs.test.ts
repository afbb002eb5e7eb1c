import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { BEHAVIOURS } from '../../src/simulator/behaviours.ts'

it('every behaviour is in the docs', async () => {
  const docs = await readFile(new URL('../../docs/simulator.md', import.meta.url), 'utf8')
  const documented = new Set([...docs.matchAll(/^\| (?<cell>`[^|]*) \|/gm)].flatMap(([row]) => namesIn(row)))
  expect(Object.keys(BEHAVIOURS).filter((name) => !documented.has(name))).toEqual([])
})

function namesIn(row: string): readonly string[] {
  return [...row.matchAll(/`(?<name>[a-z0-9-]+)(?:=\d+)?`/g)].map(([, name = '']) => name)
}
