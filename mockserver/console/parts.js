// Small parts that the places share.
import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { say } from './store.js';

export const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1000).toFixed(1)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

export function milliseconds(ms) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const clock = (text) => new Date(text).toLocaleTimeString('en-GB');

// 200 good, 0 (nothing was sent) and 5xx bad, what lies between is dim.
export function tone(status) {
  if (status >= 200 && status < 300) return 'good';
  return status === 0 || status >= 500 ? 'bad' : 'dim';
}

export function Status({ status }) {
  return html`<b class="status ${tone(status)}">${status || 'none'}</b>`;
}

// What an entry of the journal is called: its code, or what came in the place of one. A connection may
// end before a request comes.
export const nameOf = (entry) => (!entry.method ? 'no request' : entry.code || (isTunnel(entry) ? 'tunnel'
  : entry.status === 200 ? 'success' : entry.scenario || 'answered'));

// A connection to another host that the mock passed on: nothing in it is the mock's.
export const isTunnel = (entry) => entry.method === 'CONNECT';

// What was asked for. Without a request: why the connection ended, which its message says.
export const askedOf = (entry) => (entry.method ? `${entry.method} ${entry.path}`
  : entry.message.split(' - connection: ')[1] || 'the connection ended');

export function Tag({ children, kind = '' }) {
  return html`<span class="tag ${kind}">${children}</span>`;
}

// A long name of one word may be broken behind its underscores and hyphens.
export const breakable = (name) => name.split(/(?<=[_-])/).map((piece, index) => (index ? [html`<wbr />`, piece] : piece));

// Copies with the API of the system where there is one: it needs https or loopback.
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
    return true;
  } catch {
    say(`The browser does not let this page copy. Select the text and copy it yourself.`, true);
    return false;
  }
}

// The keys of a list whose items are one stop of the Tab key: arrows, Home and End move the focus.
export function rove(event, selector) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const ends = { Home: 0, End: -1 };
  if ((!step && !(event.key in ends)) || event.ctrlKey || event.metaKey || event.altKey) return;
  const items = [...event.currentTarget.querySelectorAll(selector)];
  const at = items.indexOf(document.activeElement);
  if (at < 0) return;
  const next = step ? items[at + step] : items.at(ends[event.key]);
  event.preventDefault();
  if (next) next.focus();
}

// Search boxes: "/" goes there.
export function Search({ label, value, onInput, placeholder }) {
  return html`<label class="search">
    <span class="hidden">${label}</span>
    <input type="search" data-search value=${value} placeholder=${placeholder || label}
      aria-keyshortcuts="/" spellcheck="false" autocomplete="off"
      onInput=${(event) => onInput(event.target.value)} />
  </label>`;
}

// The object URL of a blob, taken back when it is not shown any more.
export function useObjectUrl(blob) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (!blob) {
      setUrl('');
      return undefined;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

// A dialog of the browser: it holds the focus, and Escape closes it.
export function Dialog({ title, onClose, children }) {
  const ref = useRef(null);
  useEffect(() => {
    if (!ref.current.open) ref.current.showModal();
  }, []);
  return html`<dialog ref=${ref} aria-labelledby="dialog-title" onClose=${onClose}>
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}
