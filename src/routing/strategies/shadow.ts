import type { ShadowPolicy } from '../../core/route-policy.ts'
import { hashShare } from '../hash-share.ts'
import type { Strategy } from '../strategy.ts'

/**
 * Answers as if there were no shadows, and wants a copy of a share of the requests sent to them. The draw decides for
 * which requests, apart from whatever else it decides.
 * @param inner ranks who answers
 */
export function shadow(
  name: string,
  { shadows, share }: Pick<ShadowPolicy, 'shadows' | 'share'>,
  inner: Strategy,
): Strategy {
  return (candidates, signals) => {
    const ranking = inner(candidates, signals)
    const drew = hashShare(`${name} copies ${signals.draw}`)
    const copies = drew < share
    const value = `${copies ? `a copy to ${shadows.join(', ')}` : 'no copy'}: drew ${drew.toFixed(4)}, copies below ${share}`
    return {
      ...ranking,
      signals: [...ranking.signals, { name: 'shadow', value }],
      shadows: [...ranking.shadows, ...(copies ? shadows.map((model) => ({ model, route: name, requires: [] })) : [])],
    }
  }
}
