import { type GraphQLSchema, printSchema } from 'graphql'
import { builder } from './builder.ts'
import './scalars.ts'
import './query.ts'
import './mutation.ts'
import './subscription.ts'
import './route-version.ts'
import './route-change.ts'
import './replay.ts'
import './audit-connection.ts'
import './experiment.ts'
import './rating.ts'
import './quota-change.ts'
import './quota-event.ts'
import './provider-health.ts'
import './project-connection.ts'
import './project-change.ts'
import './api-key-connection.ts'
import './api-key-change.ts'
import './api-key-rotation.ts'
import './browser-token.ts'
import './reconciliation.ts'
import './payload.ts'
import './payload-erasure.ts'
import './usage-tick.ts'

/** The schema that is served, with its resolvers. Fields stand in the order in which they are best read. */
export function createSchema(): GraphQLSchema {
  return builder.toSchema({ sortSchema: false })
}

/** The schema in GraphQL's own language, as `schema/schema.graphql` holds it. */
export function printedSchema(): string {
  return `${printSchema(createSchema())}\n`
}
