import { expect, it } from 'vitest'
import { readSketches } from '../../../src/ledger/usage/sketch-text.ts'

it.each([
  ['', []],
  ['412:3', [[412, 3]]],
  [
    '412:3,413:10,412:1',
    [
      [412, 4],
      [413, 10],
    ],
  ],
  [
    '-345:2,0:1',
    [
      [-345, 2],
      [0, 1],
    ],
  ],
  [
    '{"412": 3, "-1": 2}',
    [
      [412, 3],
      [-1, 2],
    ],
  ],
  [
    '{"412": 3},{"412": 4},7:1',
    [
      [412, 7],
      [7, 1],
    ],
  ],
  ['{}', []],
] as const)('reads %j', (text, counts) => {
  expect([...readSketches(text)]).toEqual(counts)
})
