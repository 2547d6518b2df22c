// Calls of the admin API, and calls of the mocked API itself. The token stays in this module's
// memory: a reload asks for it again.
import { change } from './store.js';

export const ENDPOINT = '/api/portrait/effects/emotion-editor';

let token = '';

export function setToken(value) {
  token = value.trim();
}

export function hasToken() {
  return token !== '';
}

export function authorization() {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// What the API refused, with its own sentence.
export class Refusal extends Error {
  constructor(status, document) {
    super(document.error || `the mock answered ${status}`);
    this.status = status;
    this.pointer = document.pointer || '';
  }
}

async function refusalOf(response) {
  let document = {};
  try {
    document = await response.json();
  } catch {
    /* no JSON: the status says enough */
  }
  if (response.status === 401) change({ needsToken: true });
  return new Refusal(response.status, document);
}

export async function fetchAdmin(path, options = {}) {
  let response;
  try {
    response = await fetch(path, {
      cache: 'no-store',
      ...options,
      headers: { ...authorization(), ...options.headers },
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error('the mock does not answer; is it still running?');
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

// One call; body, when given, is sent as JSON.
export async function admin(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { 'Content-Type': 'application/json' };
  }
  return (await fetchAdmin(path, options)).json();
}

let contract = null;
export function loadContract() {
  contract = contract || admin('GET', '/__admin/contract').catch((error) => {
    contract = null;
    throw error;
  });
  return contract;
}

// Sends a form or kept bytes to the mocked API. Resolves with what came back, whatever it is.
export async function send({ path = ENDPOINT, method = 'POST', headers, body }) {
  const start = performance.now();
  const outcome = { status: 0, document: null, text: '', failure: '', ms: 0, size: 0, scenario: '' };
  try {
    const response = await fetch(path, { method, headers, body, cache: 'no-store' });
    outcome.status = response.status;
    outcome.scenario = response.headers.get('X-Mock-Scenario') || '';
    outcome.text = await response.text();
    outcome.size = outcome.text.length;
    outcome.document = JSON.parse(outcome.text);
  } catch (error) {
    outcome.failure = outcome.text
      ? 'the body is no JSON'
      : 'no whole answer came: the connection ended, as a fault makes it do, or the mock is gone';
  }
  outcome.ms = performance.now() - start;
  return outcome;
}
