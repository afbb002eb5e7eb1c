import SchemaBuilder from '@pothos/core'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import type { Vector } from '../core/vector.ts'
import type { GraphContext } from './context.ts'

/** What the schema's own names mean in TypeScript. */
export interface GraphTypes {
  Context: GraphContext
  DefaultFieldNullability: false
  Scalars: {
    /** An exact decimal number, as text. */
    Decimal: { Input: string; Output: string }
    /** Milliseconds since 1970. */
    DateTime: { Input: number; Output: number }
    /** Whatever JSON can express; GraphQL itself keeps null out where a value is required. */
    JSON: { Input: NonNullable<unknown>; Output: unknown }
    SafeInt: { Input: number; Output: number }
    Vector: { Input: never; Output: Vector }
    ID: { Input: string; Output: string }
  }
}

/** Every noun's file adds its types to this one builder; none is defined here. */
export const builder = new SchemaBuilder<GraphTypes>({
  plugins: [DataloaderPlugin],
  defaultFieldNullability: false,
})
