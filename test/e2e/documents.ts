/** All that the contract says of an answer, an event and a call, so that each test asks for everything. */

const USAGE = 'inputTokens cachedInputTokens cacheWriteTokens outputTokens reasoningTokens estimated'
const COST = 'totalUsd inputUsd cachedInputUsd cacheWriteUsd outputUsd wastedUsd savedUsd priced'
const LATENCY = 'totalMs firstTokenMs overheadMs'

const FRAGMENTS = `
fragment AttemptFields on Attempt {
  number provider model outcome error errorKind httpStatus startedAt durationMs firstTokenMs costUsd
  usage { ${USAGE} }
}
fragment CompletionFields on Completion {
  callId text reasoning json finishReason lengthLimit provider model cacheStatus providerState
  toolCalls { id name arguments }
  usage { ${USAGE} }
  cost { ${COST} }
  latency { ${LATENCY} }
  attempts { ...AttemptFields }
}
fragment ErrorFields on CallError {
  __typename message callId retryable retryAfterMs
  ... on InvalidRequestError { issues { path message } attempts { ...AttemptFields } }
  ... on ContentRejectedError { provider attempts { ...AttemptFields } }
  ... on ContextLengthError { attempts { ...AttemptFields } }
  ... on AllAttemptsFailedError { attempts { ...AttemptFields } }
  ... on TimeoutError { attempts { ...AttemptFields } }
}`

const EVENT_FRAGMENTS = `${FRAGMENTS}
fragment EventFields on CompletionEvent {
  __typename callId seq
  ... on CompletionStarted { plan { route strategy candidates { provider model reason eligible estimatedCostUsd } } }
  ... on AttemptStarted { number provider model }
  ... on TextDelta { text }
  ... on ReasoningDelta { text }
  ... on ToolCallDelta { index toolCallId name argumentsDelta }
  ... on AttemptFailed { attempt { ...AttemptFields } outputVoided willContinue }
  ... on CompletionFinished { completion { ...CompletionFields } }
  ... on CompletionFailed { error { ...ErrorFields } }
}`

export const COMPLETE = `
mutation ($input: CompletionInput!) {
  complete(input: $input) { __typename ...CompletionFields ... on CallError { ...ErrorFields } }
}${FRAGMENTS}`

export const STREAM = `
subscription ($input: CompletionInput!) { completionStream(input: $input) { ...EventFields } }${EVENT_FRAGMENTS}`

export const CALL_EVENTS = `
subscription ($callId: ID!, $after: Int) {
  callEvents(callId: $callId, after: $after) { ...EventFields }
}${EVENT_FRAGMENTS}`

const CALL_FIELDS = `
  __typename id status createdAt finishedAt requestedModel provider model error endUser cacheStatus
  usage { ${USAGE} }
  cost { ${COST} }
  latency { ${LATENCY} }
  attempts { ...AttemptFields }
  tags { key value }`
const ATTEMPT_FRAGMENT = FRAGMENTS.slice(0, FRAGMENTS.indexOf('fragment CompletionFields'))

export const CALL = `query ($id: ID!) { call(id: $id) { ${CALL_FIELDS} } }${ATTEMPT_FRAGMENT}`

export const CALLS = `
query ($filter: CallFilter, $first: Int, $after: String) {
  calls(filter: $filter, first: $first, after: $after) {
    edges { cursor node { ${CALL_FIELDS} } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}${ATTEMPT_FRAGMENT}`

export const CANCEL = `
mutation ($id: ID!) {
  cancelCall(id: $id) { __typename ... on Call { ${CALL_FIELDS} } ... on NotFoundError { message } }
}${ATTEMPT_FRAGMENT}`

export const EXPLAIN = `
query ($input: CompletionInput!) {
  explainRoute(input: $input) { route strategy candidates { provider model reason eligible estimatedCostUsd } }
}`

const METRICS = `
  calls succeeded failed cancelled refused attempts cacheHits inputTokens cachedInputTokens outputTokens reasoningTokens
  costUsd wastedUsd savedUsd unpricedCalls p50: latencyMs(quantile: 0.5) p99: latencyMs(quantile: 0.99)
  first50: firstTokenMs(quantile: 0.5)`

export const USAGE_REPORT = `
query ($range: TimeRangeInput!, $groupBy: [UsageDimension!], $interval: UsageInterval, $filter: UsageFilter) {
  usage(range: $range, groupBy: $groupBy, interval: $interval, filter: $filter) {
    total { ${METRICS} }
    rows { periodStart group { dimension value } metrics { ${METRICS} } }
  }
}`
