import type { Sampling } from '../../core/conversation.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import type { ModelTraits } from './model-traits.ts'
import type { ThinkingPlan } from './thinking.ts'

export interface SamplingFields {
  readonly temperature?: number
  readonly top_p?: number
  readonly stop_sequences?: string[]
}

/** The sampling options as the API takes them. Source: Anthropic's Messages API, version 2023-06-01. */
export function samplingFields(
  sampling: Sampling,
  traits: ModelTraits,
  plan: ThinkingPlan,
  issues: InputIssue[],
): SamplingFields {
  issues.push(...samplingIssues(sampling, traits, plan), ...blankStops(sampling.stop))
  return {
    ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === null ? {} : { top_p: sampling.topP }),
    ...(sampling.stop.length === 0 ? {} : { stop_sequences: [...sampling.stop] }),
  }
}

function samplingIssues({ temperature, topP }: Sampling, traits: ModelTraits, plan: ThinkingPlan): InputIssue[] {
  const issues: InputIssue[] = []
  const refuse = (field: string, message: string) => issues.push({ path: [field], message })
  const thinks = plan.thinking?.type === 'enabled' || plan.thinking?.type === 'adaptive'
  if (traits.sampling === 'none') {
    if (temperature !== null) refuse('temperature', 'This model has no temperature.')
    if (topP !== null) refuse('topP', 'This model has no topP.')
    return issues
  }
  if (temperature !== null && temperature > 1) refuse('temperature', 'This provider takes 0 to 1.')
  if (thinks && temperature !== null && temperature !== 1)
    refuse('temperature', 'This model takes only 1 while it reasons.')
  if (thinks && topP !== null && topP < 0.95) refuse('topP', 'This model takes 0.95 to 1 while it reasons.')
  if (traits.sampling === 'one' && temperature !== null && topP !== null) {
    refuse('topP', 'This model takes either temperature or topP, not both.')
  }
  return issues
}

function blankStops(stop: readonly string[]): InputIssue[] {
  return stop.flatMap((sequence, index) =>
    sequence.trim() === ''
      ? [{ path: ['stop', String(index)], message: 'This provider takes no stop sequence of white space alone.' }]
      : [],
  )
}
