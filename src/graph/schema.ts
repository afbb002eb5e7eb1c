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
import './provider-health.ts'

/** The schema that is served, with its resolvers. Fields stand in the order in which they are best read. */
export function createSchema(): GraphQLSchema {
  return builder.toSchema({ sortSchema: false })
}

/** The schema in GraphQL's own language, as `schema/schema.graphql` holds it. */
export function printedSchema(): string {
  return `${printSchema(createSchema())}\n`
}
