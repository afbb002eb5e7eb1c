import type { Rating } from '../core/feedback.ts'
import { callerWith } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { callOf } from './call-of.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { isUuid } from './uuid.ts'

const METRIC = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u
const LONGEST_COMMENT = 4_000
/** Far above any scale in use, and small enough for squares of it to be summed. */
const LARGEST_SCORE = 1e9

export const RatingRef = builder.objectRef<Rating>('Rating').implement({
  description: 'What somebody thought of an answer.',
  fields: (t) => ({
    callId: t.exposeID('callId', { description: 'The call whose answer it is.' }),
    metric: t.exposeString('metric', { description: 'What was judged.' }),
    score: t.exposeFloat('score', { description: 'The judgement, on whatever scale its metric has.' }),
    comment: t.exposeString('comment', { nullable: true, description: 'Why, in words.' }),
    ratedAt: t.expose('ratedAt', { type: 'DateTime', description: 'When it was judged.' }),
    apiKeyId: t.exposeID('apiKeyId', { description: 'The id of the API key that judged.' }),
  }),
})

const RateCallResultRef = builder.unionType('RateCallResult', {
  description: 'The rating as it was kept, or that there is no such call.',
  types: [RatingRef, NotFoundErrorRef],
  resolveType: (result) => ('score' in result ? 'Rating' : 'NotFoundError'),
})

builder.mutationFields((t) => ({
  rateCall: t.field({
    type: RateCallResultRef,
    description:
      'Keeps what somebody thought of an answer. A key has one score for each call and metric: to rate again is to change it. Needs the scope `complete`.',
    args: {
      callId: t.arg.id({ required: true, description: 'As every answer and event has it.' }),
      metric: t.arg.string({
        required: true,
        description: 'What is judged, such as `helpful`: letters, digits, `_`, `.` and `-`, at most 64.',
      }),
      score: t.arg.float({
        required: true,
        description: 'The judgement; the scale is yours (0 or 1, 1 to 5), the same for all calls of a metric.',
      }),
      comment: t.arg.string({ description: `Why, in words; at most ${LONGEST_COMMENT} characters.` }),
    },
    resolve: async (_root, { callId, metric, score, comment }, context): Promise<Rating | NotFound> => {
      const caller = callerWith(context, 'complete')
      const { projectId, apiKeyId } = caller
      if (!METRIC.test(metric)) {
        throw badArgument('metric', 'write at most 64 letters, digits, "_", "." and "-", such as "helpful".')
      }
      if (Math.abs(score) > LARGEST_SCORE) throw badArgument('score', `write a number within ±${LARGEST_SCORE}.`)
      if (comment != null && comment.length > LONGEST_COMMENT) {
        throw badArgument('comment', `write at most ${LONGEST_COMMENT} characters.`)
      }
      const notFound = { message: `This project has no call ${callId}.` }
      if (!isUuid(callId)) return notFound
      if (caller.browserToken !== null && !(await callOf(context, caller, callId))) return notFound
      const rating = { callId: callId.toLowerCase(), metric, score, comment: comment ?? null, apiKeyId }
      return (await context.feedback.rate(projectId, rating)) ?? notFound
    },
  }),
}))
