// All that the page knows, in one object. A component that calls useStore() is drawn again, at most
// once a frame, after change().
import { useEffect, useState } from './vendor/htm-preact.js';

export const KEPT_MAX = 1000; // entries that the page holds

export const store = {
  link: 'connecting', // connecting, live, waiting
  linkWhy: '',
  needsToken: false,
  status: null, // the feed's FeedStatus
  requests: [], // newest first
  contract: null,
  route: { place: 'live', rest: '', params: new URLSearchParams() },
  key: 'any-key', // of the calls that the page makes
  picture: null, // {blob, name, url}
  outcome: null, // of the last call of "Try it"
  sent: new Map(), // request id: what the page sent, for "send again"
  notice: null, // {text, bad}
};

const listeners = new Set();
let scheduled = false;

export function change(patch) {
  Object.assign(store, patch);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const listener of [...listeners]) listener();
  });
}

export function useStore() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return store;
}

// Tells people what happened; a screen reader reads it.
export function say(text, bad = false) {
  change({ notice: { text, bad } });
}

// Runs an action of the page; a refusal is told, not thrown.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

// Requests

export function addRequests(entries) {
  const newest = store.requests.length ? store.requests[0].id : 0;
  const later = entries.filter((entry) => entry.id > newest).sort((a, b) => b.id - a.id);
  if (later.length) change({ requests: [...later, ...store.requests].slice(0, KEPT_MAX) });
}

export function replaceRequests(entries) {
  change({ requests: entries.slice(0, KEPT_MAX) });
}

export function remember(requestId, call) {
  store.sent.set(requestId, call);
  if (store.sent.size > 20) store.sent.delete(store.sent.keys().next().value);
}

// Routes: #/place/rest?filters, so that reload and links keep the place.

export function readRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [place, ...rest] = path.split('/');
  return {
    place: place || 'live',
    rest: decode(rest.join('/')),
    params: new URLSearchParams(query || ''),
  };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function routeTo(place, rest = '', params = null) {
  const query = params ? params.toString() : '';
  return `#/${place}${rest === '' ? '' : `/${encodeURIComponent(rest)}`}${query ? `?${query}` : ''}`;
}

// A filter as it is typed makes no history.
export function replaceParams(params) {
  const { place, rest } = store.route;
  history.replaceState(null, '', routeTo(place, rest, params));
  change({ route: readRoute() });
}
