// The frame of the page: what is always visible, the places, the keys that hold everywhere.
import { html, render, useEffect, useState } from './vendor/htm-preact.js';
import { setToken } from './api.js';
import { connect, disconnect } from './feed.js';
import { change, readRoute, routeTo, store, useStore } from './store.js';
import { Dialog, plural } from './parts.js';
import { Live } from './live.js';
import { Try } from './try.js';
import { Fail } from './fail.js';
import { Accounts } from './accounts.js';
import { Contract } from './contract.js';

const places = {
  live: { name: 'Live', view: Live },
  try: { name: 'Try it', view: Try },
  fail: { name: 'Fail', view: Fail },
  accounts: { name: 'Accounts', view: Accounts },
  contract: { name: 'Contract', view: Contract },
};

function Facts() {
  const { status, link, linkWhy } = useStore();
  const words = { connecting: 'connecting', live: 'live', waiting: 'not connected' };
  return html`<dl class="always" aria-label="This mock">
    <div><dt>Address</dt><dd>${location.origin}</dd></div>
    <div><dt>Revision</dt><dd>${status?.revision ?? '…'}</dd></div>
    <div><dt>Strict</dt><dd>${status ? (status.strict ? 'on' : 'off') : '…'}</dd></div>
    <div><dt>Seed</dt><dd>${status?.seed ?? '…'}</dd></div>
    <div><dt>Requests</dt><dd>${status ? `${status.kept} kept, ${status.forgotten} forgotten` : '…'}</dd></div>
    <div class="link ${link}"><dt>Feed</dt><dd title=${linkWhy}>${words[link]}</dd></div>
  </dl>`;
}

function Header({ place }) {
  return html`<header>
    <a class="skip" href="#main" onClick=${skip}>Skip to content</a>
    <div class="bar-top">
      <a class="brand" href="#/live"><img src="/__admin/console/icon.svg" alt="" width="24" height="24" />ailab-mock</a>
      <nav aria-label="Places">
        ${Object.entries(places).map(([id, { name }]) => html`<a href=${routeTo(id)}
          aria-current=${id === place ? 'page' : undefined}>${name}</a>`)}
      </nav>
    </div>
    <${Facts} />
  </header>`;
}

// A link to #main would be read as a route.
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function TokenDialog({ onClose }) {
  const [value, setValue] = useState('');
  const submit = (event) => {
    event.preventDefault();
    setToken(value);
    change({ needsToken: false });
    connect();
  };
  return html`<${Dialog} title="This mock asks for its admin token" onClose=${onClose}>
    <form onSubmit=${submit}>
      <p>It is what <code>--admin-token</code> says. This page keeps it in memory alone: a reload asks again.</p>
      <label class="field">Admin token
        <input type="password" autocomplete="off" required value=${value}
          onInput=${(event) => setValue(event.target.value)} /></label>
      <p class="actions"><button class="main">Go on</button></p>
    </form>
  <//>`;
}

// What the page did, and what came, in words: for everyone below the page, and for screen readers.
function Notices() {
  const { notice, requests } = useStore();
  const [told, setTold] = useState('');
  const [last, setLast] = useState(null);
  const newest = requests.length ? requests[0].id : 0;
  useEffect(() => {
    if (last === null || newest <= last) {
      setLast(newest);
      return undefined;
    }
    const timer = setTimeout(() => {
      const { status, code } = store.requests[0] ?? {};
      setTold(`${plural(newest - last, 'new request')}; the newest: ${status} ${code || 'success'}`);
      setLast(newest);
    }, 1500);
    return () => clearTimeout(timer);
  }, [newest]);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => change({ notice: null }), notice.bad ? 12000 : 5000);
    return () => clearTimeout(timer);
  }, [notice]);
  return html`<div class="hidden" role="status">${told}</div>
    <div class="notice ${notice?.bad ? 'bad' : ''} ${notice ? '' : 'empty'}" role="status">
      ${notice && html`<span>${notice.text}</span>
        <button class="quiet" aria-label="Dismiss" onClick=${() => change({ notice: null })}>×</button>`}
    </div>`;
}

function Waiting({ onToken }) {
  const { link, linkWhy, status, needsToken } = useStore();
  if (link !== 'waiting') return null;
  return html`<p class="banner" role="alert">${linkWhy
    || (status ? 'The mock does not answer. The page goes on as soon as it does.'
      : 'The mock cannot be reached.')}
    ${needsToken && html`<button onClick=${onToken}>Enter the token</button>`}</p>`;
}

function App() {
  const { route, needsToken } = useStore();
  const [asking, setAsking] = useState(true);
  const place = route.place in places ? route.place : 'live';
  const View = places[place].view;
  useEffect(() => {
    document.title = `${places[place].name} · ailab-mock`;
  }, [place]);
  useEffect(() => setAsking(true), [needsToken]);
  return html`<${Header} place=${place} />
    <${Waiting} onToken=${() => setAsking(true)} />
    <main id="main" tabindex="-1"><${View} /></main>
    <${Notices} />
    ${needsToken && asking && html`<${TokenDialog} onClose=${() => setAsking(false)} />`}`;
}

function isTyping(target) {
  return Boolean(target.closest?.('input, textarea, select, dialog'));
}

addEventListener('hashchange', () => change({ route: readRoute(), notice: null }));
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const search = document.querySelector('[data-search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});
addEventListener('pagehide', disconnect);
addEventListener('pageshow', (event) => event.persisted && connect());
// A picture that is dropped beside its place must not take the page away.
for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault());

change({ route: readRoute() });
render(html`<${App} />`, document.getElementById('app'));
connect();
