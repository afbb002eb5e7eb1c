import type { Candidate } from '../../core/candidate.ts'
import type { FastestPolicy } from '../../core/route-policy.ts'
import type { Comparison, Ranked } from '../strategy.ts'

/** Fewer answers than this say too little to compare by. */
const ENOUGH_ANSWERS = 3

const MS_PER_SECOND = 1_000

interface Timed {
  readonly candidate: Candidate
  /** How long this request's answer is expected to take. */
  readonly ms: number
}

/**
 * By the time that this request's whole answer is expected to take: the median time to first token, and the expected
 * output at the median speed, by the share of attempts that failed longer. Models of which too little is known stand
 * behind the others, in the route's order.
 *
 * A share of the requests explores (ε-greedy): the draw decides whether a request does. It first asks the model that
 * was asked least lately, of those that are not first anyway and whose circuit is not open. Since measurements age, that
 * is also how a provider that recovered is found again.
 */
export function fastest({ explore }: Pick<FastestPolicy, 'explore'>): Comparison {
  return (candidates, { draw }) => {
    const inOrder = [...candidates].sort((a, b) => a.place - b.place)
    const timed = inOrder
      .filter(isKnown)
      .map(timedOf)
      .sort((a, b) => a.ms - b.ms)
    const least = timed[0]?.ms ?? 0
    const ordered = [
      ...timed.map(({ candidate, ms }, index) => ({ candidate, reason: reasonOf(candidate, ms, index, least) })),
      ...inOrder.filter((candidate) => !isKnown(candidate)).map(behind),
    ]
    const explores = draw < explore
    return {
      ordered: explores ? exploring(ordered) : ordered,
      signals: [
        { name: 'explores', value: `${explores ? 'yes' : 'no'}: drew ${draw.toFixed(4)}, yes below ${explore}` },
        ...inOrder.map((candidate) => ({ name: `measured of ${candidate.target}`, value: measured(candidate) })),
      ],
    }
  }
}

function isKnown({ measured: { answers, firstTokenMs } }: Candidate): boolean {
  return answers >= ENOUGH_ANSWERS && firstTokenMs !== null
}

function timedOf(candidate: Candidate): Timed {
  const { firstTokenMs, tokensPerSecond, answers, failures } = candidate.measured
  const outputMs = tokensPerSecond === null ? 0 : (candidate.expected.outputTokens / tokensPerSecond) * MS_PER_SECOND
  return { candidate, ms: (((firstTokenMs ?? 0) + outputMs) * (answers + failures)) / answers }
}

function reasonOf({ measured: { answers, failures } }: Candidate, ms: number, index: number, least: number): string {
  const failing = failures === 0 ? '' : `, counting that ${failures} of the last ${answers + failures} attempts failed`
  const time = `about ${seconds(ms)} for this request${failing}`
  if (index === 0) return `fastest: ${time}`
  return least === 0 ? time : `${time}, ${(ms / least).toFixed(1)} times the fastest`
}

function behind(candidate: Candidate): Ranked {
  const { failures } = candidate.measured
  const failing = failures === 0 ? '' : ` and ${failures} failures`
  const known = `${candidate.measured.answers} answers${failing} lately`
  return {
    candidate,
    reason: `too little is known of its speed (${known}), so it stands behind those that are measured`,
  }
}

/** With the one in front that was asked least; all as they were where there is none. */
function exploring(ordered: readonly Ranked[]): readonly Ranked[] {
  const asked = ({ measured: { answers, failures } }: Candidate) => answers + failures
  const [least] = ordered
    .slice(1)
    .filter(({ candidate }) => candidate.circuit !== 'OPEN')
    .sort((a, b) => asked(a.candidate) - asked(b.candidate) || a.candidate.place - b.candidate.place)
  if (least === undefined) return ordered
  const reason = `exploring, since it was asked least lately; ${least.reason}`
  return [{ candidate: least.candidate, reason }, ...ordered.filter((ranked) => ranked !== least)]
}

function measured({ measured: { firstTokenMs, tokensPerSecond, answers, failures } }: Candidate): string {
  if (answers + failures === 0) return 'nothing lately'
  const first = firstTokenMs === null ? 'unknown' : `${Math.round(firstTokenMs)} ms`
  const speed = tokensPerSecond === null ? 'unknown' : `${tokensPerSecond.toFixed(1)} tokens/s`
  return `first token ${first}, then ${speed} (${answers} answers, ${failures} failures)`
}

function seconds(ms: number): string {
  return `${(ms / MS_PER_SECOND).toPrecision(2)} s`
}
