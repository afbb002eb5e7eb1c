import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonValue } from '../core/json.ts'
import { exchange, type World } from './exchange.ts'
import { modelList } from './model-lists.ts'
import { plainHeaders } from './plain-headers.ts'
import { readBody } from './request-body.ts'
import { type ApiRoute, apiRoute } from './routes.ts'
import { serveList } from './serve-list.ts'

/** Handles one HTTP request, whatever it is; never throws. */
export async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await dispatch(world, request, response)
  } catch (error) {
    // A client that goes away aborts whatever was under way: there is nobody left to tell.
    if (response.destroyed || response.closed) return
    if (!response.headersSent) sendJson(response, 500, { error: { message: String(error) } })
    else response.destroy()
  }
}

async function dispatch(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator')
  allowAnyOrigin(request, response)
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end()
    return
  }
  if (url.pathname === '/_log') return serveLog(world, request, response, url.searchParams.get('model') ?? '')
  const list = request.method === 'GET' ? modelList(url.pathname) : null
  if (list !== null) return serveList(world, { request, response, url, list })
  const route = request.method === 'POST' ? apiRoute(url.pathname) : null
  if (route === null)
    return sendJson(response, 404, { error: { message: `Nothing at ${request.method} ${url.pathname}` } })
  await serveApi(world, { request, response, url, route })
}

interface ApiCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly route: ApiRoute
}

async function serveApi(world: World, { request, response, url, route }: ApiCall): Promise<void> {
  const body = await readBody(request)
  if (body === null) return sendJson(response, 413, { error: { message: 'The request body is too large.' } })
  await exchange(world, {
    wire: route.wire,
    response,
    path: url.pathname,
    query: url.searchParams,
    headers: plainHeaders(request),
    json: parsed(body),
    pathModel: route.path,
  })
}

/** @param model what the model's name must contain */
function serveLog(world: World, request: IncomingMessage, response: ServerResponse, model: string): void {
  if (request.method === 'DELETE') {
    world.log.clear()
    world.counts.clear()
    response.writeHead(204).end()
  } else {
    const entries = world.log.entries()
    sendJson(response, 200, model === '' ? entries : entries.filter((entry) => entry.model.includes(model)))
  }
}

/** Browsers may ask from anywhere: a frontend's own tests use this server. */
function allowAnyOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', '*')
  if (request.method !== 'OPTIONS') return
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS')
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  response.setHeader('access-control-max-age', '86400')
}

function parsed(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
