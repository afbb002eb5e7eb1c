/** How many clients a provider keeps: more keys than this in one pool is rare, and making a client is cheap. */
const CAPACITY = 64

/**
 * One SDK client per key, made when first needed; the one used longest ago goes first.
 * @param create makes the client for a secret; null is for a provider without a key
 */
export function clientCache<Client>(create: (secret: string | null) => Client): (secret: string | null) => Client {
  const clients = new Map<string | null, Client>()
  return (secret) => {
    const client = clients.get(secret) ?? create(secret)
    clients.delete(secret)
    clients.set(secret, client)
    const oldest = clients.keys().next()
    if (clients.size > CAPACITY && !oldest.done) clients.delete(oldest.value)
    return client
  }
}
