import { expect } from 'vitest'
import type { Client } from './client.ts'

/** What a query or mutation answers where it answers without an error. */
export async function ask<Data>(client: Pick<Client, 'post'>, query: string, variables?: unknown): Promise<Data> {
  const { data, errors } = await client.post<Data>(query, variables)
  expect(errors).toEqual([])
  if (data === null) throw new Error('No data')
  return data
}

/** The code of the error that it answers with instead. */
export async function codeOf(client: Pick<Client, 'post'>, query: string, variables?: unknown): Promise<unknown> {
  const { errors } = await client.post(query, variables)
  return errors[0]?.extensions?.code
}
