import { quantileOf, type Sketch } from '../core/sketch.ts'
import { badArgument } from './bad-input.ts'

/**
 * The quantile of a sketch, in milliseconds; null where nothing was measured.
 * @throws GraphQLError with code `BAD_USER_INPUT` where `quantile` is not from 0 to 1
 */
export function checkedQuantile(sketch: Sketch, quantile: number): number | null {
  if (quantile >= 0 && quantile <= 1) return quantileOf(sketch, quantile)
  throw badArgument('quantile', `${quantile} is not from 0 to 1; 0.95 asks for the 95th percentile.`)
}
