// The live feed. EventSource cannot send Authorization, so the stream is read from fetch().
import { admin, fetchAdmin } from './api.js';
import { addRequests, change, replaceRequests, store } from './store.js';

const RETRY_MS = [250, 500, 1000, 2000, 5000];

let controller = null;
let failures = 0;
let timer = 0;
let pending = []; // requests of one piece of the stream, put into the store together

// Lines of Server-Sent Events to {event, id, data}.
export function makeParser(onEvent) {
  let rest = '';
  let event = { event: 'message', id: '', data: [] };
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (event.data.length) onEvent({ ...event, data: event.data.join('\n') });
        event = { event: 'message', id: '', data: [] };
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue; // a comment
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') event.data.push(value);
      else if (field === 'event' || field === 'id') event[field] = value;
    }
  };
}

// Reads the list anew. What comes meanwhile is added to what was read.
let reading = null;
async function reload() {
  const mine = { arrived: [] };
  reading = mine;
  const answer = await admin('GET', '/__admin/requests?limit=1000');
  if (reading !== mine) return;
  reading = null;
  replaceRequests(answer.requests);
  addRequests(mine.arrived);
}

// After a start of the mock, or a pause of the page, the list is read anew: ids alone cannot tell
// which entries a reset has taken.
function onHello(status) {
  failures = 0;
  change({ link: 'live', linkWhy: '', status, needsToken: false });
  return reload();
}

function flush() {
  if (!pending.length) return;
  if (reading) reading.arrived.push(...pending);
  else addRequests(pending);
  pending = [];
}

function onEvent({ event, data }) {
  const value = JSON.parse(data);
  if (event === 'request') {
    pending.push(value);
    return;
  }
  flush();
  if (event === 'hello') onHello(value).catch(() => {});
  else if (event === 'status') change({ status: value });
  else if (event === 'reset') reload().catch(() => {});
}

async function follow() {
  controller = new AbortController();
  const response = await fetchAdmin('/__admin/events', { signal: controller.signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parse = makeParser(onEvent);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parse(value);
    flush();
  }
}

// A page that the browser keeps for "back" would hold one of the mock's few watchers.
export function disconnect() {
  clearTimeout(timer);
  controller?.abort();
}

// Follows the feed for ever, with pauses where it cannot be had.
export async function connect() {
  disconnect();
  let why = '';
  try {
    await follow();
  } catch (error) {
    if (error.name === 'AbortError') return;
    why = error.status ? error.message : '';
  }
  change({ link: 'waiting', linkWhy: why });
  if (!store.needsToken) timer = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
}
