// Live: the journal as it happens, with filters, and one request in detail beside it.
import { Component, html, useEffect, useMemo, useRef, useState } from './vendor/htm-preact.js';
import { admin } from './api.js';
import { attempt, replaceParams, routeTo, say, store, useStore } from './store.js';
import { askedOf, breakable, clock, milliseconds, nameOf, rove, Search, Status, Tag } from './parts.js';
import { Detail } from './detail.js';

const FILTERS = ['q', 'key', 'status', 'code', 'scenario', 'unexpected'];

const statusFits = (entry, wanted) =>
  wanted === '' || (wanted.endsWith('xx') ? String(entry.status)[0] === wanted[0] && entry.status > 0
    : String(entry.status) === wanted);

// The words that a search looks at.
function wordsOf(entry) {
  const names = entry.parts.map((part) => part.file_name || '').join(' ');
  return [entry.id, entry.method, entry.path, entry.status, entry.code, entry.message, entry.scenario,
    entry.rule, entry.hint, entry.tls_fault, entry.remote, entry.key, entry.request_id, names].join(' ').toLowerCase();
}

function accepts(entry, wanted) {
  return statusFits(entry, wanted.status)
    && (wanted.key === '' || entry.key === wanted.key)
    && (wanted.code === '' || entry.code === wanted.code)
    && (wanted.scenario === '' || (entry.scenario || '') === wanted.scenario)
    && (wanted.unexpected === '' || entry.unexpected)
    && wanted.q.toLowerCase().split(/\s+/).every((word) => wordsOf(entry).includes(word));
}

function wantedOf(params) {
  return Object.fromEntries(FILTERS.map((name) => [name, params.get(name) || '']));
}

const distinct = (entries, read) => [...new Set(entries.map(read).filter(Boolean))].sort();

function Choice({ label, value, options, onChange }) {
  const all = value && !options.includes(value) ? [value, ...options] : options;
  return html`<label class="choice"><span>${label}</span>
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      <option value="">any</option>
      ${all.map((option) => html`<option value=${option} selected=${option === value}>${option}</option>`)}
    </select></label>`;
}

function Filters({ wanted, entries }) {
  const set = (name, value) => {
    const params = new URLSearchParams();
    for (const filter of FILTERS) {
      const text = filter === name ? value : wanted[filter];
      if (text) params.set(filter, text);
    }
    replaceParams(params);
  };
  const statuses = distinct(entries, (entry) => String(entry.status));
  const classes = [...new Set(statuses.filter((text) => text !== '0').map((text) => `${text[0]}xx`))];
  return html`<form class="filters" role="search" aria-label="Requests" onSubmit=${(event) => event.preventDefault()}>
    <${Search} label="Search requests" placeholder="Search: file, code, message, id …" value=${wanted.q} onInput=${(text) => set('q', text)} />
    <${Choice} label="Status" value=${wanted.status} options=${[...classes, ...statuses]} onChange=${(text) => set('status', text)} />
    <${Choice} label="Code" value=${wanted.code} options=${distinct(entries, (entry) => entry.code)} onChange=${(text) => set('code', text)} />
    <${Choice} label="Scenario" value=${wanted.scenario} options=${distinct(entries, (entry) => entry.scenario)} onChange=${(text) => set('scenario', text)} />
    <${Choice} label="Key" value=${wanted.key} options=${distinct(entries, (entry) => entry.key)} onChange=${(text) => set('key', text)} />
    <label class="check"><input type="checkbox" checked=${wanted.unexpected !== ''}
      onChange=${(event) => set('unexpected', event.target.checked ? '1' : '')} /> Unexpected only</label>
  </form>`;
}

// One line of the list. It is drawn again only when it looks otherwise.
class Row extends Component {
  shouldComponentUpdate(next) {
    return next.entry !== this.props.entry || next.current !== this.props.current
      || next.stop !== this.props.stop || next.query !== this.props.query;
  }

  render({ entry, current, stop, query }) {
    const picture = entry.parts.find((part) => part.file_name);
    return html`<li><a class="row ${current ? 'current' : ''}" href=${`#/live/${entry.id}${query}`}
      data-id=${entry.id} tabindex=${stop ? 0 : -1} aria-current=${current ? 'true' : undefined}>
      <${Status} status=${entry.status} />
      <span class="what"><b>${breakable(nameOf(entry))}</b>
        <span class="soft">${askedOf(entry)}${picture ? ` · ${picture.file_name}` : ''}</span></span>
      <span class="tags">${entry.unexpected && html`<${Tag} kind="bad">unexpected<//>`}${entry.scenario && html`<${Tag}>${entry.scenario}<//>`}${entry.tls_fault
          && entry.tls_fault !== entry.scenario && html`<${Tag}>${entry.tls_fault}<//>`}</span>
      <span class="soft figures"><time datetime=${entry.time}>${clock(entry.time)}</time>
        <span>${milliseconds(entry.duration_ms)}</span><span>#${entry.id}</span></span>
    </a></li>`;
  }
}

function Empty({ filtered }) {
  if (filtered)
    return html`<p class="empty-list">No request fits these filters. <button onClick=${() => replaceParams(new URLSearchParams())}>Show all</button></p>`;
  return html`<div class="empty-list"><p><b>No request has come yet.</b></p>
    <p>Send one with <a href="#/try">Try it</a>, or point your program at <code>${location.origin}</code>. It is listed here as soon as it is answered.</p></div>`;
}

function List({ entries, currentId, query }) {
  const [stop, setStop] = useState(0);
  const ids = entries.map((entry) => entry.id);
  const stopId = ids.includes(stop) ? stop : ids.includes(currentId) ? currentId : ids[0];
  return html`<ol class="rows" aria-label="Requests, newest first" onKeyDown=${(event) => rove(event, 'a.row')}
    onFocusIn=${(event) => setStop(Number(event.target.dataset.id))}>
    ${entries.map((entry) => html`<${Row} key=${entry.id} entry=${entry} query=${query}
      current=${entry.id === currentId} stop=${entry.id === stopId} />`)}
  </ol>`;
}

function emptyJournal() {
  return attempt(async () => {
    await admin('DELETE', '/__admin/requests');
    say('The journal is empty now');
  });
}

export function Live() {
  const { requests, route, status } = useStore();
  const wanted = wantedOf(route.params);
  const filtered = Object.values(wanted).some((value) => value !== '');
  const key = route.params.toString();
  const shown = useMemo(() => requests.filter((entry) => accepts(entry, wanted)), [requests, key]);
  const currentId = Number(route.rest) || 0;
  const opener = useRef(0);
  const query = key ? `?${key}` : '';
  useEffect(() => {
    if (currentId) opener.current = currentId;
    else if (opener.current) document.querySelector(`a.row[data-id="${opener.current}"]`)?.focus();
  }, [currentId]);
  const close = () => {
    location.hash = routeTo('live', '', route.params);
  };
  return html`<div class="live ${currentId ? 'with-detail' : ''}" onKeyDown=${(event) => {
    if (event.key === 'Escape' && currentId && !event.defaultPrevented && !event.target.closest('dialog')) close();
  }}>
    <section class="list" aria-labelledby="live-title">
      <div class="title"><h1 id="live-title">Live</h1>
        <p class="soft">${filtered ? `${shown.length} of ${requests.length}` : requests.length} shown${
          status && status.kept > requests.length ? `, the newest of ${status.kept}` : ''}</p>
        ${requests.length > 0 && html`<button onClick=${emptyJournal}>Empty the journal</button>`}</div>
      <${Filters} wanted=${wanted} entries=${requests} />
      ${shown.length ? html`<${List} entries=${shown} currentId=${currentId} query=${query} />`
        : html`<${Empty} filtered=${filtered && requests.length > 0} />`}
    </section>
    ${currentId > 0 && html`<${Detail} key=${currentId} id=${currentId} onClose=${close}
      entry=${store.requests.find((entry) => entry.id === currentId)} />`}
  </div>`;
}
